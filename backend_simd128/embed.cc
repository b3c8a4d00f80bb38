#include "backend_simd128/kernels.h"
#include "backend_simd128/packed.h"

namespace tenon::simd128 {
namespace {

// One row of a packed block, decoded as dtype.h's decoders do it:
//   value = (d * scale) * code - dmin * min
template <typename Format>
class DecodedRow {
 public:
  using B = PackedBlock<Format>;
  DecodedRow(const std::byte* block, size_t row) noexcept
      : block_(block), row_(row), d_(quant::LoadHalf(block + 2 * row)) {
    if constexpr (B::kHasMin)
      dmin_ = quant::LoadHalf(block + B::kMinScaleAt + 2 * row);
  }

  void Group(size_t g, float* out) const noexcept {
    int8_t code[128];
    const std::byte* tile = B::TileHalf(block_, g, row_ / kLanes);
    for (size_t j = 0; j < 8; ++j) Store(code + 16 * j, B::Way::Read(tile, j));
    for (size_t c = 0; c < quant::kGroup; ++c) {
      const size_t half = c / quant::kHalf;
      const int stored = code[c / 4 * 16 + row_ % kLanes * 4 + c % 4];
      out[c] = d_ * Scale(g, half) * static_cast<float>(stored - B::kOffset);
      if constexpr (B::kHasMin) out[c] -= dmin_ * Min(g, half);
    }
  }

 private:
  float Scale(size_t g, size_t half) const noexcept {
    return B::kScales == 0 ? 1.0f : Number(B::kScalesAt, g, half);
  }
  float Min(size_t g, size_t half) const noexcept {
    return B::kScales == 0 ? 1.0f : Number(B::kMinsAt, g, half);
  }
  float Number(size_t at, size_t g, size_t half) const noexcept {
    const size_t i = g * B::kScales + (B::kScales == 2 ? half : 0);
    return static_cast<int8_t>(block_[at + i * kGroupRows + row_]);
  }

  const std::byte* block_;
  size_t row_;
  float d_, dmin_ = 0;
};

}  // namespace

uint32_t OutputRows(const KernelArgs& args, const StepContext& ctx) noexcept {
  return RowCount(args.out, ctx);
}

void EmbedRows(const KernelArgs& args, const StepContext& ctx, Range range,
               std::byte*) noexcept {
  const WeightRef& table = args.weight[0];
  for (size_t t = range.begin; t < range.end; ++t) {
    const auto token = static_cast<size_t>(ctx.token_ids[t]);
    DecodeRow(table.dtype, table.data + token * table.row_bytes, table.cols,
              RowOf<float>(args.out, ctx, t));
  }
}

template <typename Format>
void EmbedPacked(const KernelArgs& args, const StepContext& ctx, Range range,
                 std::byte*) noexcept {
  using B = PackedBlock<Format>;
  const WeightRef& table = args.weight[0];
  for (size_t t = range.begin; t < range.end; ++t) {
    const auto token = static_cast<size_t>(ctx.token_ids[t]);
    const std::byte* block =
        table.data + token / kGroupRows * B::RowGroupBytes(table.cols);
    float* y = RowOf<float>(args.out, ctx, t);
    for (size_t b = 0; b < B::BlocksOf(table.cols); ++b, block += B::kBytes) {
      const DecodedRow<Format> row(block, token % kGroupRows);
      for (size_t g = 0; g < B::kGroups; ++g, y += quant::kGroup)
        row.Group(g, y);
    }
  }
}

#define TENON_FLOAT_WEIGHT(W, w)
#define TENON_BLOCK_WEIGHT(W, w) template Kernel EmbedPacked<quant::W>;
#include "backend_simd128/weights.inc"
#undef TENON_FLOAT_WEIGHT
#undef TENON_BLOCK_WEIGHT

}  // namespace tenon::simd128
