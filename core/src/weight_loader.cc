#include "src/weight_loader.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace tenon {
namespace {

constexpr uint64_t kBlockBytes = uint64_t{1} << 22;  // streamed at once

// The tensor's bytes inside its mapped source; empty if it is not mapped.
std::span<const std::byte> MappedBytes(const ModelFile& file,
                                       const TensorInfo& tensor) {
  const auto mapped = file.sources[tensor.source]->Mapped();
  if (mapped.empty()) return {};
  return mapped.subspan(tensor.offset, tensor.bytes);
}

bool IsAligned(std::span<const std::byte> bytes) {
  return reinterpret_cast<uintptr_t>(bytes.data()) % kWeightAlignment == 0;
}

class WeightLoader {
 public:
  WeightLoader(const ModelFile& file, const WeightLoadOptions& options,
               uint64_t total)
      : file_(file), options_(options), total_(total) {}

  Status Load(const TensorInfo& tensor, const PackedLayout* layout) {
    const auto mapped = MappedBytes(file_, tensor);
    if (layout == nullptr && !mapped.empty() && IsAligned(mapped)) {
      loaded_.data.push_back(mapped.data());
      return Advance(tensor.bytes);
    }
    TENON_ASSIGN_OR_RETURN(
        AlignedBuffer target,
        AlignedBuffer::Allocate(PackedBytes(tensor, layout),
                                absl::StrCat("tensor '", tensor.name, "'")));
    TENON_RETURN_IF_ERROR(Stream(tensor, layout, target.data()));
    loaded_.data.push_back(target.data());
    loaded_.owned.push_back(std::move(target));
    return absl::OkStatus();
  }

  LoadedWeights Take() { return std::move(loaded_); }

 private:
  static uint64_t PackedBytes(const TensorInfo& tensor,
                              const PackedLayout* layout) {
    return layout == nullptr
               ? tensor.bytes
               : layout->bytes(tensor.dtype, tensor.rows(), tensor.cols());
  }

  // Block of rows by block of rows; 64 bits, because a file may be larger than
  // the address space.
  Status Stream(const TensorInfo& tensor, const PackedLayout* layout,
                std::byte* target) {
    const uint64_t rows = tensor.rows(), row_bytes = tensor.bytes / rows;
    const uint64_t group = layout == nullptr ? 1 : layout->row_group;
    const uint64_t step =
        std::max<uint64_t>(1, kBlockBytes / (row_bytes * group)) * group;
    if (layout != nullptr)
      TENON_RETURN_IF_ERROR(Reserve(std::min(step, rows) * row_bytes));
    for (uint64_t first = 0; first < rows; first += step) {
      const auto count = static_cast<size_t>(std::min(step, rows - first));
      const auto bytes = static_cast<size_t>(count * row_bytes);
      const uint64_t begin = first * row_bytes;
      if (layout == nullptr) {
        TENON_RETURN_IF_ERROR(Fetch(tensor, begin, {target + begin, bytes}));
      } else {
        TENON_RETURN_IF_ERROR(Fetch(tensor, begin, {block_.data(), bytes}));
        layout->pack(tensor.dtype, rows, tensor.cols(), first, count,
                     block_.data(), target);
      }
      TENON_RETURN_IF_ERROR(Advance(bytes));
    }
    return absl::OkStatus();
  }

  // Makes block_ hold `bytes` at least.
  Status Reserve(uint64_t bytes) {
    if (bytes <= block_.size()) return absl::OkStatus();
    TENON_ASSIGN_OR_RETURN(
        block_, AlignedBuffer::Allocate(bytes, "a block of weights to pack"));
    return absl::OkStatus();
  }

  Status Fetch(const TensorInfo& tensor, uint64_t offset,
               std::span<std::byte> out) {
    return file_.sources[tensor.source]->Read(tensor.offset + offset, out);
  }

  Status Advance(uint64_t bytes) {
    if (options_.cancel != nullptr && options_.cancel->load())
      return absl::CancelledError("loading was cancelled");
    done_ += bytes;
    if (options_.progress) options_.progress(done_, total_);
    return absl::OkStatus();
  }

  const ModelFile& file_;
  const WeightLoadOptions& options_;
  uint64_t done_ = 0, total_;
  AlignedBuffer block_;  // canonical rows, to be packed
  LoadedWeights loaded_;
};

}  // namespace

StatusOr<LoadedWeights> LoadWeights(
    const ModelFile& file, const Graph& graph,
    std::span<const PackedLayout* const> layouts,
    const WeightLoadOptions& options) {
  uint64_t total = 0;
  for (const Weight& w : graph.weights) total += file.Find(w.name)->bytes;
  WeightLoader loader(file, options, total);
  for (size_t i = 0; i < graph.weights.size(); ++i)
    TENON_RETURN_IF_ERROR(
        loader.Load(*file.Find(graph.weights[i].name), layouts[i]));
  return loader.Take();
}

}  // namespace tenon
