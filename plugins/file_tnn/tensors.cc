#include "file_tnn/tensors.h"

#include <cstring>
#include <limits>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "file_tnn/manifest.h"

namespace tenon::tnn {
namespace {

constexpr uint64_t kMaxElements = std::numeric_limits<int64_t>::max();

// Reads one tensor.  Errors are without the file and the tensor.
class TensorReader {
 public:
  TensorReader(const fb::Tensor& stored, uint64_t data_bytes)
      : stored_(stored), data_bytes_(data_bytes) {}

  // `free`: where the bytes of the tensors before it end.
  StatusOr<TensorInfo> Read(uint64_t free) {
    tensor_.name = stored_.name()->string_view();
    if (stored_.layout() != nullptr)
      tensor_.layout = stored_.layout()->string_view();
    tensor_.checksum = stored_.checksum();
    TENON_RETURN_IF_ERROR(ReadDims());
    TENON_RETURN_IF_ERROR(ReadType());
    TENON_RETURN_IF_ERROR(ReadPlace(free));
    TENON_RETURN_IF_ERROR(CheckLayout());
    return tensor_;
  }

 private:
  template <typename... Parts>
  static Status Wrong(std::string_view field, const Parts&... what) {
    return absl::InvalidArgumentError(absl::StrCat(field, ": ", what...));
  }

  // The verifier does not look whether elements of eight bytes are aligned.
  uint64_t Dim(uint32_t i) const {
    uint64_t dim;
    std::memcpy(&dim, stored_.dims()->Data() + i * sizeof(dim), sizeof(dim));
    return dim;
  }

  Status ReadDims() {
    tensor_.n_dims = stored_.dims()->size();
    if (tensor_.n_dims < 1 || tensor_.n_dims > 4)
      return Wrong("dims", tensor_.n_dims, " are not 1, 2, 3 or 4");
    tensor_.dims = {1, 1, 1, 1};
    uint64_t elements = 1;
    for (uint32_t i = 0; i < tensor_.n_dims; ++i) {
      const uint64_t dim = Dim(i);
      if (dim < 1) return Wrong("dims", dim, " is not a size");
      if (dim > kMaxElements / elements)
        return Wrong("dims", dim, " makes too many elements: 2^63 or more");
      tensor_.dims[i] = dim;
      elements *= dim;
    }
    return absl::OkStatus();
  }

  Status ReadType() {
    const std::string_view name = stored_.dtype()->string_view();
    const std::optional<DType> dtype = DTypeFromName(name);
    if (!dtype || Info(*dtype).gguf_id == kNoGgufId)
      return Wrong("dtype", Quoted(name), " is not a known tensor type");
    tensor_.dtype = *dtype;
    const DTypeInfo& info = Info(*dtype);
    if (tensor_.cols() % info.block_elements != 0)
      return Wrong("dtype", "rows of ", tensor_.cols(),
                   " elements are no multiple of ", info.block_elements,
                   ", the block of ", info.name);
    return absl::OkStatus();
  }

  Status ReadPlace(uint64_t free) {
    const uint64_t offset = stored_.offset(), bytes = stored_.bytes();
    if (offset % kAlignment != 0)
      return Wrong("offset", offset, " is no multiple of ", kAlignment);
    if (offset < free)
      return Wrong("offset", offset, " is before byte ", free,
                   " of the data, where the tensor before it ends");
    if (offset > data_bytes_ || bytes > data_bytes_ - offset)
      return Wrong("bytes", bytes, " bytes at ", offset,
                   " end beyond the data's ", data_bytes_);
    tensor_.offset = offset;
    tensor_.bytes = bytes;
    return absl::OkStatus();
  }

  // What a packed layout takes, only its backend knows: it checks.
  Status CheckLayout() const {
    if (stored_.layout() != nullptr) {
      const std::string_view wrong =
          WhatIsWrongWithName(tensor_.layout, kMaxNameBytes);
      return wrong.empty() ? absl::OkStatus() : Wrong("layout", wrong);
    }
    const DTypeInfo& info = Info(tensor_.dtype);
    const uint64_t blocks =
        tensor_.cols() / info.block_elements * tensor_.rows();
    if (tensor_.bytes % info.block_bytes == 0 &&
        tensor_.bytes / info.block_bytes == blocks)
      return absl::OkStatus();
    return Wrong("bytes", tensor_.bytes, " are not those of ", blocks,
                 " blocks of ", info.name);
  }

  const fb::Tensor& stored_;
  uint64_t data_bytes_;
  TensorInfo tensor_{};
};

// One more tensor of `file`.
Status AddTensor(std::string_view file, const fb::Tensor& stored,
                 uint64_t data_bytes, std::vector<TensorInfo>& tensors) {
  const uint64_t free =
      tensors.empty() ? 0 : tensors.back().offset + tensors.back().bytes;
  const std::string_view name = stored.name()->string_view();
  const std::string_view wrong = WhatIsWrongWithName(name, kMaxNameBytes);
  if (!wrong.empty())
    return Error(file, absl::StrCat("tensor ", Quoted(name)), wrong);
  const auto tensor = TensorReader(stored, data_bytes).Read(free);
  if (!tensor.ok())
    return absl::InvalidArgumentError(absl::StrCat(
        file, ": tensor ", Quoted(name), " ", tensor.status().message()));
  tensors.push_back(*tensor);
  return absl::OkStatus();
}

Status CheckUnique(std::string_view file, std::span<const TensorInfo> tensors) {
  std::set<std::string_view> names;
  for (const TensorInfo& tensor : tensors)
    if (!names.insert(tensor.name).second)
      return Error(file, absl::StrCat("tensor ", Quoted(tensor.name)),
                   "is there twice");
  return absl::OkStatus();
}

}  // namespace

StatusOr<std::vector<TensorInfo>> ReadTensors(std::string_view file,
                                              const fb::Manifest& manifest,
                                              uint64_t data_begin) {
  std::vector<TensorInfo> tensors;
  if (manifest.tensors() == nullptr) return tensors;
  tensors.reserve(manifest.tensors()->size());
  for (const fb::Tensor* stored : *manifest.tensors())
    TENON_RETURN_IF_ERROR(
        AddTensor(file, *stored, manifest.data_bytes(), tensors));
  TENON_RETURN_IF_ERROR(CheckUnique(file, tensors));
  for (TensorInfo& tensor : tensors) tensor.offset += data_begin;
  return tensors;
}

flatbuffers::Offset<Tensors> WriteTensors(
    std::span<const TensorInfo> tensors,
    flatbuffers::FlatBufferBuilder& builder) {
  std::vector<flatbuffers::Offset<fb::Tensor>> table;
  for (const TensorInfo& t : tensors) {
    const auto name = builder.CreateString(t.name);
    const auto dtype = builder.CreateString(Name(t.dtype));
    const auto dims = builder.CreateVector(t.dims.data(), t.n_dims);
    const auto layout = t.layout.empty()
                            ? flatbuffers::Offset<flatbuffers::String>()
                            : builder.CreateString(t.layout);
    table.push_back(fb::CreateTensor(builder, name, dtype, dims, layout,
                                     t.offset, t.bytes,
                                     t.checksum.value_or(0)));
  }
  return builder.CreateVector(table);
}

}  // namespace tenon::tnn
