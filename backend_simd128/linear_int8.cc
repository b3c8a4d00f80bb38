// The product with A8 activations, as docs/numerics.md defines it:
//   isum = scale[0] * sum_{i<16} code[i] q[i] + scale[1] * sum_{i>=16} ...
//   sum += float(isum) * (d * a.scale)
//   sum -= float(msum) * (dmin * a.scale)
// Integers below 2^24 are exact as f32, and so are their products and sums
// here, so scales are applied in f32.
#include <algorithm>

#include "backend_simd128/dot.h"
#include "backend_simd128/kernels.h"
#include "backend_simd128/linear.h"
#include "backend_simd128/packed.h"

namespace tenon::simd128 {
namespace {

// Tokens that share one decoding of the weights.
constexpr size_t kTokens = 8;

// One number for each of eight rows.
struct Rows8 {
  v128_t quad[2];
};

Rows8 LoadHalves8(const std::byte* p) noexcept {
  return {{LoadHalves(p), LoadHalves(p + 8)}};
}

// Small integers, as f32.
Rows8 LoadBytes8(const std::byte* p) noexcept {
  const v128_t x = wasm_i16x8_extend_low_i8x16(wasm_v128_load64_zero(p));
  return {{wasm_f32x4_convert_i32x4(wasm_i32x4_extend_low_i16x8(x)),
           wasm_f32x4_convert_i32x4(wasm_i32x4_extend_high_i16x8(x))}};
}

template <typename Format>
struct BlockScales {
  using B = PackedBlock<Format>;
  Rows8 d, dmin;

  explicit BlockScales(const std::byte* block) noexcept
      : d(LoadHalves8(block)) {
    if constexpr (B::kHasMin) dmin = LoadHalves8(block + B::kMinScaleAt);
  }
};

// Group g of a block, of eight rows.
template <typename Format>
struct GroupScales {
  using B = PackedBlock<Format>;
  Rows8 scale[2], min[2];

  GroupScales(const std::byte* block, size_t g) noexcept {
    for (size_t i = 0; i < B::kScales; ++i) {
      const size_t at = (g * B::kScales + i) * kGroupRows;
      scale[i] = LoadBytes8(block + B::kScalesAt + at);
      if constexpr (B::kHasMin) min[i] = LoadBytes8(block + B::kMinsAt + at);
    }
  }
};

// Group g of four rows, ready to be multiplied.
template <typename Format>
struct QuadGroup {
  using B = PackedBlock<Format>;
  Codes code;
  v128_t d, dmin, scale[2], min[2];

  QuadGroup(const std::byte* block, size_t g, size_t quad,
            const BlockScales<Format>& of_block,
            const GroupScales<Format>& of_group) noexcept
      : code(B::Way::Read(B::TileHalf(block, g, quad))),
        d(of_block.d.quad[quad]) {
    if constexpr (B::kHasMin) dmin = of_block.dmin.quad[quad];
    for (size_t i = 0; i < B::kScales; ++i) {
      scale[i] = of_group.scale[i].quad[quad];
      if constexpr (B::kHasMin) min[i] = of_group.min[i].quad[quad];
    }
  }
};

// The sum of code * q over kCount vectors from `first` on, as f32; `q_sum` is
// the sum of their q.
template <typename Format, size_t kCount>
v128_t SumCodes(const Codes& code, const Activations& a, size_t first,
                int32_t q_sum) noexcept {
  using B = PackedBlock<Format>;
  v128_t sum;
  if constexpr (B::kMaxCode == kSigned)
    sum = DotSigned<kCount>(code.v + first, a.q + first);
  else
    sum = DotUnsigned<B::kMaxCode, kCount>(code.v + first, a.q + first);
  if constexpr (B::kOffset != 0)
    sum = wasm_i32x4_sub(sum, wasm_i32x4_splat(B::kOffset * q_sum));
  return wasm_f32x4_convert_i32x4(sum);
}

template <typename Format>
v128_t SumScaled(const QuadGroup<Format>& w, const Activations& a,
                 const A8Block& x) noexcept {
  constexpr size_t kScales = PackedBlock<Format>::kScales;
  if constexpr (kScales == 2) {
    const v128_t low = SumCodes<Format, 4>(w.code, a, 0, x.sum[0]);
    const v128_t high = SumCodes<Format, 4>(w.code, a, 4, x.sum[1]);
    return wasm_f32x4_add(wasm_f32x4_mul(w.scale[0], low),
                          wasm_f32x4_mul(w.scale[1], high));
  } else {
    const v128_t sum = SumCodes<Format, 8>(w.code, a, 0, x.sum[0] + x.sum[1]);
    return kScales == 0 ? sum : wasm_f32x4_mul(w.scale[0], sum);
  }
}

template <typename Format>
v128_t SumMinimums(const QuadGroup<Format>& w, const A8Block& x) noexcept {
  constexpr size_t kScales = PackedBlock<Format>::kScales;
  const float low = x.sum[0], high = x.sum[1];
  if constexpr (kScales == 0) return Splat(low + high);
  if constexpr (kScales == 1)
    return wasm_f32x4_mul(w.min[0], Splat(low + high));
  return wasm_f32x4_add(wasm_f32x4_mul(w.min[0], Splat(low)),
                        wasm_f32x4_mul(w.min[1], Splat(high)));
}

// sum + the product of a group of four rows with a token's
template <typename Format>
v128_t AddGroup(v128_t sum, const QuadGroup<Format>& w,
                const A8Block& x) noexcept {
  const v128_t a_scale = Splat(x.scale);
  const v128_t isum = SumScaled<Format>(w, LoadActivations(x.q), x);
  sum = wasm_f32x4_add(sum, wasm_f32x4_mul(isum, wasm_f32x4_mul(w.d, a_scale)));
  if constexpr (Format::kHasMin) {
    const v128_t msum = SumMinimums<Format>(w, x);
    sum = wasm_f32x4_sub(sum,
                         wasm_f32x4_mul(msum, wasm_f32x4_mul(w.dmin, a_scale)));
  }
  return sum;
}

// sums[t] = the products of a row group with token t; x[t]: its blocks.
template <typename Format>
void MultiplyOne(const std::byte* block, size_t blocks, const A8Block* x,
                 v128_t sums[2]) noexcept {
  using B = PackedBlock<Format>;
  v128_t sum0 = Zero(), sum1 = Zero();
  for (size_t b = 0; b < blocks; ++b, block += B::kBytes) {
    const BlockScales<Format> of_block(block);
    for (size_t g = 0; g < B::kGroups; ++g, ++x) {
      const GroupScales<Format> of_group(block, g);
      sum0 = AddGroup<Format>(sum0, {block, g, 0, of_block, of_group}, *x);
      sum1 = AddGroup<Format>(sum1, {block, g, 1, of_block, of_group}, *x);
    }
  }
  sums[0] = sum0;
  sums[1] = sum1;
}

template <typename Format>
void MultiplyMany(const std::byte* block, size_t blocks,
                  const A8Block* const* x, size_t tokens,
                  v128_t (*sums)[2]) noexcept {
  using B = PackedBlock<Format>;
  std::fill_n(&sums[0][0], 2 * tokens, Zero());
  for (size_t b = 0; b < blocks; ++b, block += B::kBytes) {
    const BlockScales<Format> of_block(block);
    for (size_t g = 0; g < B::kGroups; ++g) {
      const GroupScales<Format> of_group(block, g);
      for (size_t quad = 0; quad < 2; ++quad) {
        const QuadGroup<Format> w(block, g, quad, of_block, of_group);
        for (size_t t = 0; t < tokens; ++t)
          sums[t][quad] =
              AddGroup<Format>(sums[t][quad], w, x[t][b * B::kGroups + g]);
      }
    }
  }
}

}  // namespace

uint32_t RowGroups(const KernelArgs& args, const StepContext& ctx) noexcept {
  if (RowCount(args.out, ctx) == 0) return 0;
  return static_cast<uint32_t>(RowGroupsOf(args.weight[0].rows));
}

template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte*) noexcept {
  using B = PackedBlock<Format>;
  const WeightRef& weight = args.weight[0];
  const size_t blocks = B::BlocksOf(weight.cols);
  const size_t tokens = RowCount(args.out, ctx);
  for (size_t group = range.begin; group < range.end; ++group) {
    const std::byte* rows = weight.data + group * blocks * B::kBytes;
    const OutputColumns<kGroupRows> columns(args, ctx, group * kGroupRows);
    for (size_t first = 0; first < tokens; first += kTokens) {
      const size_t count = std::min(kTokens, tokens - first);
      const A8Block* x[kTokens];
      for (size_t t = 0; t < count; ++t)
        x[t] = RowOf<A8Block>(args.in[0], ctx, first + t);
      v128_t sums[kTokens][2];
      if (count == 1)
        MultiplyOne<Format>(rows, blocks, x[0], sums[0]);
      else
        MultiplyMany<Format>(rows, blocks, x, count, sums);
      for (size_t t = 0; t < count; ++t) {
        float values[kGroupRows];
        simd128::Store(values, sums[t][0]);
        simd128::Store(values + kLanes, sums[t][1]);
        columns.Store(first + t, values);
      }
    }
  }
}

#define TENON_FLOAT_WEIGHT(W, w)
#define TENON_BLOCK_WEIGHT(W, w) template Kernel LinearInt8<quant::W>;
#include "backend_simd128/weights.inc"
#undef TENON_FLOAT_WEIGHT
#undef TENON_BLOCK_WEIGHT

}  // namespace tenon::simd128
