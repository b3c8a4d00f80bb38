#include "src/weight_loader.h"

#include <algorithm>
#include <cstdint>
#include <tuple>

#include "absl/strings/str_cat.h"

namespace tenon {
namespace {

constexpr uint64_t kBlockBytes = uint64_t{1} << 22;  // asked for at once

uint64_t PackedBytes(const TensorInfo& tensor, const PackedLayout* layout) {
  return layout == nullptr
             ? tensor.bytes
             : layout->bytes(tensor.dtype, tensor.rows(), tensor.cols());
}

uint64_t RowBytesOf(const TensorInfo& tensor) {
  return tensor.bytes / tensor.rows();
}

bool IsAligned(const std::byte* bytes) {
  return reinterpret_cast<uintptr_t>(bytes) % kWeightAlignment == 0;
}

}  // namespace

WeightLoader::WeightLoader(const ModelFile& file, const Graph& graph,
                           std::span<const PackedLayout* const> layouts)
    : file_(file) {
  for (size_t i = 0; i < graph.weights.size(); ++i) {
    parts_.push_back({file.Find(graph.weights[i].name), layouts[i], i});
    total_ += parts_.back().tensor->bytes;
  }
  std::ranges::sort(parts_, {}, [](const Part& part) {
    return std::tuple(part.tensor->source, part.tensor->offset, part.index);
  });
  loaded_.data.resize(parts_.size());
}

bool WeightLoader::IsUsedInPlace(const Part& part) const {
  const auto mapped = file_.sources[part.tensor->source]->Mapped();
  return part.layout == nullptr && !mapped.empty() &&
         IsAligned(mapped.data() + part.tensor->offset);
}

// As many rows as make a block: whole row groups.
uint64_t WeightLoader::BlockRows() const {
  const Part& part = parts_[part_];
  const uint64_t group = part.layout == nullptr ? 1 : part.layout->row_group;
  const uint64_t groups = kBlockBytes / (RowBytesOf(*part.tensor) * group);
  return std::max<uint64_t>(1, groups) * group;
}

// Makes room for a weight, and for its blocks if they have to be packed.
Status WeightLoader::Begin(const Part& part) {
  TENON_ASSIGN_OR_RETURN(AlignedBuffer target,
                         AlignedBuffer::Allocate(
                             PackedBytes(*part.tensor, part.layout),
                             absl::StrCat("tensor '", part.tensor->name, "'")));
  target_ = target.data();
  loaded_.data[part.index] = target_;
  loaded_.owned.push_back(std::move(target));
  if (part.layout == nullptr) return absl::OkStatus();
  const uint64_t bytes =
      std::min(BlockRows(), part.tensor->rows()) * RowBytesOf(*part.tensor);
  if (bytes <= block_.size()) return absl::OkStatus();
  TENON_ASSIGN_OR_RETURN(
      block_, AlignedBuffer::Allocate(bytes, "a block of weights to pack"));
  return absl::OkStatus();
}

StatusOr<std::optional<WeightRequest>> WeightLoader::Next() {
  for (; part_ < parts_.size() && IsUsedInPlace(parts_[part_]); ++part_) {
    const Part& part = parts_[part_];
    const auto mapped = file_.sources[part.tensor->source]->Mapped();
    loaded_.data[part.index] = mapped.data() + part.tensor->offset;
    done_ += part.tensor->bytes;
  }
  if (part_ == parts_.size()) {
    block_ = {};
    return std::nullopt;
  }
  const Part& part = parts_[part_];
  if (row_ == 0) TENON_RETURN_IF_ERROR(Begin(part));
  rows_ = std::min(BlockRows(), part.tensor->rows() - row_);
  const uint64_t row_bytes = RowBytesOf(*part.tensor), at = row_ * row_bytes;
  std::byte* into = part.layout == nullptr ? target_ + at : block_.data();
  return WeightRequest{part.tensor->source,
                       part.tensor->offset + at,
                       {into, static_cast<size_t>(rows_ * row_bytes)}};
}

void WeightLoader::Written() {
  const Part& part = parts_[part_];
  const TensorInfo& tensor = *part.tensor;
  if (part.layout != nullptr)
    part.layout->pack(tensor.dtype, tensor.rows(), tensor.cols(), row_, rows_,
                      block_.data(), target_);
  done_ += rows_ * RowBytesOf(tensor);
  row_ += rows_;
  if (row_ < tensor.rows()) return;
  row_ = 0;
  ++part_;
}

}  // namespace tenon
