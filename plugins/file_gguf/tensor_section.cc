#include "file_gguf/tensor_section.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "tenon/dtype.h"

namespace tenon::gguf {
namespace {

constexpr uint64_t kMaxNameBytes = 63;
constexpr uint32_t kMaxDims = 4;
constexpr uint64_t kMaxElements = std::numeric_limits<int64_t>::max();

// Type ids that are no storage type of dtype.inc, but mean something.
struct ForeignType {
  uint32_t id;
  const char* meaning;
};
constexpr ForeignType kForeignTypes[] = {
    {4, "Q4_2, which was removed from GGUF"},
    {5, "Q4_3, which was removed from GGUF"},
    {9, "Q8_1, which is for activations and never stored"},
    {15, "Q8_K, which is for activations and never stored"},
    {31, "Q4_0_4_4, which was removed from GGUF"},
    {32, "Q4_0_4_8, which was removed from GGUF"},
    {33, "Q4_0_8_8, which was removed from GGUF"},
    {36, "IQ4_NL_4_4, which was removed from GGUF, or I2_S of BitNet's fork"},
    {37, "IQ4_NL_4_8, which was removed from GGUF"},
    {38, "IQ4_NL_8_8, which was removed from GGUF"},
};

std::string WhatIsWrongWithType(uint32_t id) {
  for (const ForeignType& type : kForeignTypes) {
    if (type.id == id) return absl::StrCat(id, " is ", type.meaning);
  }
  return absl::StrCat(id, " is not a known tensor type");
}

Status ReadDims(Cursor& cursor, TensorInfo& tensor) {
  uint64_t start = cursor.position();
  TENON_ASSIGN_OR_RETURN(tensor.n_dims, cursor.Number<uint32_t>({"n_dims"}));
  if (tensor.n_dims < 1 || tensor.n_dims > kMaxDims) {
    return cursor.Error({"n_dims"}, start,
                        absl::StrCat(tensor.n_dims, " is not 1, 2, 3 or 4"));
  }
  tensor.dims = {1, 1, 1, 1};
  uint64_t elements = 1;
  for (uint32_t i = 0; i < tensor.n_dims; ++i) {
    start = cursor.position();
    TENON_ASSIGN_OR_RETURN(const uint64_t dim,
                           cursor.Number<uint64_t>({"dims", i}));
    if (dim < 1 || dim > kMaxElements / elements) {
      return cursor.Error(
          {"dims", i}, start,
          absl::StrCat(dim, dim < 1
                                ? " is not a size"
                                : " makes too many elements: 2^63 or more"));
    }
    tensor.dims[i] = dim;
    elements *= dim;
  }
  return absl::OkStatus();
}

// Sets the type, and the bytes that the shape makes of it.
Status ReadType(Cursor& cursor, TensorInfo& tensor) {
  const uint64_t start = cursor.position();
  TENON_ASSIGN_OR_RETURN(const uint32_t id, cursor.Number<uint32_t>({"type"}));
  const std::optional<DType> dtype = DTypeFromGgufId(id);
  if (!dtype || id == kNoGgufId) {
    return cursor.Error({"type"}, start, WhatIsWrongWithType(id));
  }
  tensor.dtype = *dtype;
  const DTypeInfo& info = Info(*dtype);
  if (tensor.cols() % info.block_elements != 0) {
    return cursor.Error(
        {"type"}, start,
        absl::StrCat("rows of ", tensor.cols(), " elements are no multiple of ",
                     info.block_elements, ", the block of ", info.name));
  }
  const std::optional<uint64_t> bytes = CheckedMultiply(
      tensor.cols() / info.block_elements * tensor.rows(), info.block_bytes);
  if (!bytes || *bytes > cursor.file_bytes()) {
    return cursor.Error(
        {"type"}, start,
        absl::StrCat("the shape makes more bytes of ", info.name, " than the ",
                     cursor.file_bytes(), " of the file"));
  }
  tensor.bytes = *bytes;
  return absl::OkStatus();
}

StatusOr<TensorInfo> ReadTensor(Cursor& cursor, uint64_t index) {
  TensorInfo tensor{};
  TENON_ASSIGN_OR_RETURN(tensor.name,
                         cursor.Name({"tensor name", index}, kMaxNameBytes));
  cursor.Enter("tensor", tensor.name);
  TENON_RETURN_IF_ERROR(ReadDims(cursor, tensor));
  TENON_RETURN_IF_ERROR(ReadType(cursor, tensor));
  TENON_ASSIGN_OR_RETURN(tensor.offset, cursor.Number<uint64_t>({"offset"}));
  cursor.Leave();
  return tensor;
}

Status OffsetError(Cursor cursor, const TensorInfo& tensor,
                   std::string_view what) {
  cursor.Enter("tensor", tensor.name);
  const uint64_t name_end = cursor.PositionOf(tensor.name) + tensor.name.size();
  return cursor.Error({"offset"}, name_end + 4 + 8 * tensor.n_dims + 4, what);
}

Status PlaceTensor(const Cursor& cursor, uint64_t data_start,
                   uint64_t alignment, TensorInfo& tensor) {
  if (tensor.offset % alignment != 0) {
    return OffsetError(
        cursor, tensor,
        absl::StrCat(tensor.offset, " is no multiple of the alignment ",
                     alignment));
  }
  const std::optional<uint64_t> begin = CheckedAdd(data_start, tensor.offset);
  if (!begin || *begin > cursor.file_bytes() ||
      tensor.bytes > cursor.file_bytes() - *begin) {
    return OffsetError(
        cursor, tensor,
        absl::StrCat(tensor.bytes, " bytes at ", tensor.offset,
                     " of the data, which begins at byte ", data_start,
                     ", end beyond the file's ", cursor.file_bytes()));
  }
  tensor.offset = *begin;
  return absl::OkStatus();
}

Status CheckNoOverlap(const Cursor& cursor,
                      const std::vector<TensorInfo>& tensors) {
  std::vector<const TensorInfo*> sorted;
  sorted.reserve(tensors.size());
  for (const TensorInfo& tensor : tensors) sorted.push_back(&tensor);
  std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) {
    return a->offset != b->offset ? a->offset < b->offset : a < b;
  });
  for (size_t i = 1; i < sorted.size(); ++i) {
    const TensorInfo& before = *sorted[i - 1];
    if (sorted[i]->offset < before.offset + before.bytes) {
      return OffsetError(cursor, *sorted[i],
                         absl::StrCat("its bytes overlap those of tensor ",
                                      Quoted(before.name)));
    }
  }
  return absl::OkStatus();
}

}  // namespace

StatusOr<std::vector<TensorInfo>> ReadTensors(Cursor& cursor, uint64_t count) {
  std::vector<TensorInfo> tensors;
  tensors.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    TENON_ASSIGN_OR_RETURN(const TensorInfo tensor, ReadTensor(cursor, i));
    tensors.push_back(tensor);
  }
  return tensors;
}

Status PlaceTensors(const Cursor& cursor, uint64_t data_start,
                    uint64_t alignment, std::vector<TensorInfo>& tensors) {
  for (TensorInfo& tensor : tensors) {
    TENON_RETURN_IF_ERROR(PlaceTensor(cursor, data_start, alignment, tensor));
  }
  return CheckNoOverlap(cursor, tensors);
}

}  // namespace tenon::gguf
