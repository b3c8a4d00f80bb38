#include "src/weight_loader.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "src/verify.h"

namespace tenon {
namespace {

constexpr uint64_t kBlockBytes = uint64_t{1} << 19;  // asked for at once

bool IsAligned(const std::byte* bytes) {
  return reinterpret_cast<uintptr_t>(bytes) % kWeightAlignment == 0;
}

Status Grow(AlignedBuffer& buffer, uint64_t bytes) {
  if (bytes <= buffer.size()) return absl::OkStatus();
  TENON_ASSIGN_OR_RETURN(
      buffer, AlignedBuffer::Allocate(bytes, "a block of weights to pack"));
  return absl::OkStatus();
}

}  // namespace

WeightLoader::WeightLoader(const ModelFile& file, std::vector<WeightPart> parts)
    : file_(file), parts_(std::move(parts)) {
  uint64_t in_place = 0;
  for (const WeightPart& part : parts_) {
    total_ += part.tensor->bytes;
    if (InPlace(part) != nullptr) in_place += part.tensor->bytes;
  }
  uses_in_place_ = in_place >= total_ / 2;
  loaded_.data.resize(parts_.size());
}

const std::byte* WeightLoader::InPlace(const WeightPart& part) const {
  const auto mapped = file_.sources[part.tensor->source]->Mapped();
  if (!part.IsWantedAsStored() || mapped.empty()) return nullptr;
  const std::byte* bytes = mapped.data() + part.tensor->offset;
  return IsAligned(bytes) ? bytes : nullptr;
}

uint64_t WeightLoader::BlockRows() const {
  const WeightPart& part = parts_[part_];
  const uint64_t unit = part.UnitRows();
  return std::max<uint64_t>(1, kBlockBytes / part.StoredBytes(unit)) * unit;
}

// Makes room for a weight, and for its blocks if they have to be repacked.
Status WeightLoader::Begin(const WeightPart& part) {
  TENON_ASSIGN_OR_RETURN(AlignedBuffer target,
                         AlignedBuffer::AllocateForStreaming(
                             part.WantedBytes(),
                             absl::StrCat("tensor '", part.tensor->name, "'")));
  target_ = target.data();
  checksum_ = {};
  loaded_.data[part.index] = target_;
  loaded_.owned.push_back(std::move(target));
  if (part.IsWantedAsStored()) return absl::OkStatus();
  // The padding is packed by nobody, but it may be written to a file.
  const auto wanted = loaded_.owned.back().bytes();
  std::ranges::fill(wanted.last(std::min(wanted.size(), kAlignment)),
                    std::byte{0});
  const TensorInfo& tensor = *part.tensor;
  const uint64_t rows = std::min(BlockRows(), tensor.rows());
  // The last block has the padding, too.
  TENON_RETURN_IF_ERROR(Grow(block_, part.StoredBytes(rows) + kAlignment));
  if (part.stored == nullptr || part.wanted == nullptr) return absl::OkStatus();
  return Grow(rowed_, rows * RowBytes(tensor.dtype, tensor.cols()));
}

StatusOr<std::optional<WeightRequest>> WeightLoader::Next() {
  for (; part_ < parts_.size() && uses_in_place_; ++part_) {
    const std::byte* bytes = InPlace(parts_[part_]);
    if (bytes == nullptr) break;
    loaded_.data[parts_[part_].index] = bytes;
    done_ += parts_[part_].tensor->bytes;
  }
  if (part_ == parts_.size()) {
    block_ = {};
    rowed_ = {};
    return std::nullopt;
  }
  const WeightPart& part = parts_[part_];
  if (at_ == 0) TENON_RETURN_IF_ERROR(Begin(part));
  const WeightRequest request =
      part.IsWantedAsStored() ? RequestStored() : RequestRows();
  requested_ = request.into;
  return request;
}

WeightRequest WeightLoader::RequestStored() {
  const TensorInfo& tensor = *parts_[part_].tensor;
  const uint64_t bytes = std::min(kBlockBytes, tensor.bytes - at_);
  return {tensor.source,
          tensor.offset + at_,
          {target_ + at_, static_cast<size_t>(bytes)}};
}

WeightRequest WeightLoader::RequestRows() {
  const WeightPart& part = parts_[part_];
  const TensorInfo& tensor = *part.tensor;
  rows_ = std::min(BlockRows(), tensor.rows() - row_);
  const bool is_last = row_ + rows_ == tensor.rows();
  const uint64_t bytes = is_last ? tensor.bytes - at_ : part.StoredBytes(rows_);
  return {tensor.source,
          tensor.offset + at_,
          {block_.data(), static_cast<size_t>(bytes)}};
}

// The rows of the request, from the block to their place.
void WeightLoader::Repack() {
  const auto& [tensor, stored, wanted, index] = parts_[part_];
  const auto [dtype, cols] = std::pair(tensor->dtype, tensor->cols());
  const std::byte* rows = block_.data();
  if (stored != nullptr) {
    std::byte* unpacked = wanted == nullptr
                              ? target_ + row_ * RowBytes(dtype, cols)
                              : rowed_.data();
    stored->unpack(dtype, cols, rows_, block_.data(), unpacked);
    rows = unpacked;
  }
  if (wanted != nullptr)
    wanted->pack(dtype, tensor->rows(), cols, row_, rows_, rows, target_);
  row_ += rows_;
}

Status WeightLoader::Written() {
  const WeightPart& part = parts_[part_];
  if (part.tensor->checksum) checksum_.Add(requested_);
  if (!part.IsWantedAsStored()) Repack();
  done_ += requested_.size();
  at_ += requested_.size();
  if (at_ < part.tensor->bytes) return absl::OkStatus();
  TENON_RETURN_IF_ERROR(CheckChecksum(*part.tensor, checksum_.value()));
  at_ = row_ = 0;
  ++part_;
  return absl::OkStatus();
}

}  // namespace tenon
