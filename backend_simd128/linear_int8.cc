// The product with A8 activations, as docs/numerics.md defines it:
//   isum = scale[0] * sum_{i<16} code[i] q[i] + scale[1] * sum_{i>=16} ...
//   msum = min[0] * a.sum[0] + min[1] * a.sum[1]
//   sum += float(isum) * (d * a.scale)
//   sum -= float(msum) * (dmin * a.scale)
#include <algorithm>
#include <bit>

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

TENON_INLINE Rows8 LoadHalves8(const std::byte* p) noexcept {
  return {{LoadHalves(p), LoadHalves(p + 8)}};
}

// Small integers of eight rows: 16-bit numbers a, b of a row in the halves of
// its lane.
TENON_INLINE Rows8 LoadPairs(const std::byte* a, const std::byte* b) noexcept {
  const v128_t x = wasm_i16x8_extend_low_i8x16(wasm_v128_load64_zero(a));
  const v128_t y = wasm_i16x8_extend_low_i8x16(wasm_v128_load64_zero(b));
  return {{wasm_i16x8_shuffle(x, y, 0, 8, 1, 9, 2, 10, 3, 11),
           wasm_i16x8_shuffle(x, y, 4, 12, 5, 13, 6, 14, 7, 15)}};
}

// What a block has for all its groups.
template <typename Format>
struct BlockScales {
  Rows8 d, dmin;

  TENON_INLINE explicit BlockScales(const std::byte* block) noexcept
      : d(LoadHalves8(block)) {
    using B = PackedBlock<Format>;
    if constexpr (B::kHasMin) dmin = LoadHalves8(block + B::kMinScaleAt);
  }
};

// Group g of a block, ready to be multiplied.
template <typename Format>
struct Group {
  using B = PackedBlock<Format>;
  static constexpr size_t kScales = B::kScales;

  Codes code[2];           // of rows 0-3 and 4-7
  Rows8 scale[2];          // operands of DotScaled()
  Rows8 scale_pair, pair;  // scale[0], scale[1] and min[0], min[1] of a row

  TENON_INLINE Group(const std::byte* block, size_t g) noexcept
      : code{B::Way::Read(B::TileHalf(block, g, 0)),
             B::Way::Read(B::TileHalf(block, g, 1))} {
    if constexpr (kScales > 0) {
      const size_t at = g * kScales * kGroupRows;
      const std::byte* scales = block + B::kScalesAt + at;
      const std::byte* mins = block + B::kMinsAt + at;
      constexpr size_t kSecond = (kScales - 1) * kGroupRows;
      for (size_t i = 0; i < kScales; ++i) {
        const std::byte* of_half = scales + i * kGroupRows;
        scale[i] = LoadPairs(of_half, of_half);
        for (v128_t& quad : scale[i].quad) quad = ScaleOperand(quad);
      }
      if constexpr (B::kOffset != 0)
        scale_pair = LoadPairs(scales, scales + kSecond);
      if constexpr (B::kHasMin) pair = LoadPairs(mins, mins + kSecond);
    }
  }
};

// 32 activations of a token.
struct Token {
  Activations a;
  v128_t scale;
  v128_t sums;  // sum[0], sum[1] in the halves of every lane

  TENON_INLINE explicit Token(const A8Block& x) noexcept
      : a(LoadActivations(x.q)),
        scale(Splat(x.scale)),
        sums(wasm_v128_load32_splat(x.sum)) {}
};

template <typename Format>
TENON_INLINE v128_t Isum(const Group<Format>& w, size_t quad,
                         const Token& x) noexcept {
  using B = PackedBlock<Format>;
  constexpr int kMax = B::kMaxCode;
  const v128_t* code = w.code[quad].v;
  if constexpr (B::kScales == 2) {
    const v128_t low = DotScaled<kMax, 4>(code, x.a.q, w.scale[0].quad[quad]);
    const v128_t high =
        DotScaled<kMax, 4>(code + 4, x.a.q + 4, w.scale[1].quad[quad]);
    v128_t sum = wasm_i32x4_add(low, high);
    if constexpr (B::kOffset != 0) {
      const v128_t excess =
          wasm_i32x4_dot_i16x8(w.scale_pair.quad[quad], x.sums);
      constexpr int kShift = std::countr_zero(unsigned{B::kOffset});
      static_assert(1 << kShift == B::kOffset);
      sum = wasm_i32x4_sub(sum, wasm_i32x4_shl(excess, kShift));
    }
    return sum;
  } else if constexpr (B::kScales == 1) {
    static_assert(B::kOffset == 0);
    return DotScaled<kMax, 8>(code, x.a.q, w.scale[0].quad[quad]);
  } else {
    const v128_t sum = Dot<kMax, 8>(code, x.a.q);
    if constexpr (B::kOffset == 0) return sum;
    return wasm_i32x4_sub(
        sum, wasm_i32x4_dot_i16x8(wasm_i16x8_splat(B::kOffset), x.sums));
  }
}

template <typename Format>
TENON_INLINE v128_t Msum(const Group<Format>& w, size_t quad,
                         const Token& x) noexcept {
  if constexpr (Group<Format>::kScales == 0)
    return wasm_i32x4_dot_i16x8(wasm_i16x8_splat(1), x.sums);
  else
    return wasm_i32x4_dot_i16x8(w.pair.quad[quad], x.sums);
}

// sum + the product of four rows of the group with a token
template <typename Format>
TENON_INLINE v128_t AddGroup(v128_t sum, const BlockScales<Format>& block,
                             const Group<Format>& w, size_t quad,
                             const Token& x) noexcept {
  const v128_t isum = wasm_f32x4_convert_i32x4(Isum(w, quad, x));
  const v128_t scale = wasm_f32x4_mul(block.d.quad[quad], x.scale);
  sum = wasm_f32x4_add(sum, wasm_f32x4_mul(isum, scale));
  if constexpr (Format::kHasMin) {
    const v128_t msum = wasm_f32x4_convert_i32x4(Msum(w, quad, x));
    const v128_t dmin = wasm_f32x4_mul(block.dmin.quad[quad], x.scale);
    sum = wasm_f32x4_sub(sum, wasm_f32x4_mul(msum, dmin));
  }
  return sum;
}

// Asks for what is read some time after `bytes` at `p`, up to `last`: a single
// token waits for memory otherwise.
TENON_INLINE void TouchAhead(const std::byte* p, size_t bytes,
                             const std::byte* last) noexcept {
  constexpr size_t kAhead = 4096, kLine = 64;
  for (size_t at = 0; at < bytes; at += kLine)
    Touch(std::min(p + at + kAhead, last));
}

// sums = the products of a row group with the blocks of one token; `last`: the
// last byte of the weight
template <typename Format>
void MultiplyOne(const std::byte* block, size_t blocks, const std::byte* last,
                 const A8Block* x, Rows8& sums) noexcept {
  using B = PackedBlock<Format>;
  v128_t sum0 = Zero(), sum1 = Zero();
  for (size_t b = 0; b < blocks; ++b, block += B::kBytes) {
    const BlockScales<Format> scales(block);
    for (size_t g = 0; g < B::kGroups; ++g, ++x) {
      TouchAhead(B::TileHalf(block, g, 0), B::kTileBytes, last);
      const Group<Format> w(block, g);
      const Token token(*x);
      sum0 = AddGroup(sum0, scales, w, 0, token);
      sum1 = AddGroup(sum1, scales, w, 1, token);
    }
  }
  sums = {{sum0, sum1}};
}

// The same of several tokens.
template <typename Format>
void MultiplyMany(const std::byte* block, size_t blocks,
                  const A8Block* const* x, size_t tokens,
                  Rows8* sums) noexcept {
  using B = PackedBlock<Format>;
  std::fill_n(sums, tokens, Rows8{{Zero(), Zero()}});
  for (size_t b = 0; b < blocks; ++b, block += B::kBytes) {
    const BlockScales<Format> scales(block);
    for (size_t g = 0; g < B::kGroups; ++g) {
      const Group<Format> w(block, g);
      for (size_t t = 0; t < tokens; ++t) {
        const Token token(x[t][b * B::kGroups + g]);
        for (size_t quad = 0; quad < 2; ++quad)
          sums[t].quad[quad] =
              AddGroup(sums[t].quad[quad], scales, w, quad, token);
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
  const std::byte* last =
      weight.data + RowGroupsOf(weight.rows) * blocks * B::kBytes - 1;
  for (size_t group = range.begin; group < range.end; ++group) {
    const std::byte* rows = weight.data + group * blocks * B::kBytes;
    const OutputColumns<kGroupRows> columns(args, ctx, group * kGroupRows);
    for (size_t first = 0; first < tokens; first += kTokens) {
      const size_t count = std::min(kTokens, tokens - first);
      const A8Block* x[kTokens];
      for (size_t t = 0; t < count; ++t)
        x[t] = RowOf<A8Block>(args.in[0], ctx, first + t);
      Rows8 sums[kTokens];
      if (count == 1)
        MultiplyOne<Format>(rows, blocks, last, x[0], sums[0]);
      else
        MultiplyMany<Format>(rows, blocks, x, count, sums);
      for (size_t t = 0; t < count; ++t) {
        float values[kGroupRows];
        simd128::Store(values, sums[t].quad[0]);
        simd128::Store(values + kLanes, sums[t].quad[1]);
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
