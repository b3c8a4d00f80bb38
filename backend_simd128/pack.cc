#include <algorithm>

#include "backend_simd128/packed.h"
#include "tenon/arena.h"

namespace tenon::simd128 {
namespace {

void StoreHalf(float value, std::byte* at) noexcept {
  const uint16_t half = FloatToHalf(value);  // exact: it was a half
  std::memcpy(at, &half, sizeof(half));
}

// Row `row` of the eight of a packed block.
template <typename Format>
class PackedRow {
 public:
  using B = PackedBlock<Format>;
  PackedRow(std::byte* block, size_t row) noexcept : block_(block), row_(row) {}

  void Write(const std::byte* source) const noexcept {
    const quant::Scales scales = Format::ReadScales(source);
    StoreHalf(scales.d, block_ + 2 * row_);
    if constexpr (B::kHasMin)
      StoreHalf(scales.dmin, block_ + B::kMinScaleAt + 2 * row_);
    TENON_ROLLED
    for (size_t g = 0; g < B::kGroups; ++g) {
      quant::Group group;
      Format::Unpack(source, g, group);
      WriteGroup(g, group);
    }
  }

 private:
  void WriteGroup(size_t g, const quant::Group& group) const noexcept {
    for (size_t i = 0; i < B::kScales; ++i) {
      const size_t at = (g * B::kScales + i) * kGroupRows + row_;
      block_[B::kScalesAt + at] = static_cast<std::byte>(group.scale[i]);
      if constexpr (B::kHasMin)
        block_[B::kMinsAt + at] = static_cast<std::byte>(group.min[i]);
    }
    uint8_t code[quant::kGroup];
    for (size_t i = 0; i < quant::kGroup; ++i)
      code[i] = static_cast<uint8_t>(group.code[i] + B::kOffset);
    std::byte* tile = block_ + B::kCodesAt + g * B::kTileBytes;
    B::Way::Write(tile + row_ / kLanes * B::Way::kBytes, row_ % kLanes, code);
  }

  std::byte* block_;
  size_t row_;
};

}  // namespace

template <typename Format>
uint64_t PackedBytes(DType, uint64_t rows, uint64_t cols) noexcept {
  return AlignUp(RowGroupsOf(rows) * PackedBlock<Format>::RowGroupBytes(cols));
}

template <typename Format>
void Pack(DType, size_t, size_t cols, size_t first, size_t count,
          const std::byte* source, std::byte* packed) noexcept {
  using B = PackedBlock<Format>;
  const size_t group_bytes = B::RowGroupBytes(cols);
  std::byte* group = packed + first / kGroupRows * group_bytes;
  std::fill_n(group, RowGroupsOf(count) * group_bytes, std::byte{0});
  for (size_t row = 0; row < count; ++row) {
    std::byte* block = group + row / kGroupRows * group_bytes;
    for (size_t b = 0; b < B::BlocksOf(cols); ++b) {
      PackedRow<Format>(block, row % kGroupRows).Write(source);
      block += B::kBytes;
      source += Format::kBytes;
    }
  }
}

#define TENON_FLOAT_WEIGHT(W, w)
#define TENON_BLOCK_WEIGHT(W, w)                                               \
  template uint64_t PackedBytes<quant::W>(DType, uint64_t, uint64_t) noexcept; \
  template void Pack<quant::W>(DType, size_t, size_t, size_t, size_t,          \
                               const std::byte*, std::byte*) noexcept;
#include "backend_simd128/weights.inc"
#undef TENON_FLOAT_WEIGHT
#undef TENON_BLOCK_WEIGHT

}  // namespace tenon::simd128
