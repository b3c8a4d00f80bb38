// The integer products for ARM processors with dot products of bytes: `sdot`
// multiplies four columns of four rows, as the layout has them, with four
// columns of a token, which need not be spread first.
#include <arm_neon.h>

#include <algorithm>
#include <cstring>

#include "backend_native/kernels.h"
#include "backend_native/operands.h"
#include "backend_native/target.h"
#include "backend_simd128/block_product.h"

TENON_TARGET_BEGIN("arch=armv8.2-a+dotprod")
namespace tenon::native::dotprod {
namespace {

using simd128::PackedBlock;
using simd128::Rows8;

// Tokens that share one decoding of the weights.
constexpr size_t kMostTokens = 16;

// Small integers of eight rows.
TENON_INLINE Rows8 LoadBytes8(const std::byte* p) noexcept {
  const int16x8_t x = vmovl_s8(vld1_s8(reinterpret_cast<const int8_t*>(p)));
  return {{vmovl_s16(vget_low_s16(x)), vmovl_high_s16(x)}};
}

// The scales and minimums of the halves of group g.
template <typename Format>
struct GroupScales {
  using B = PackedBlock<Format>;

  Rows8 scale[2], min[2];

  TENON_INLINE GroupScales(const std::byte* block, size_t g) noexcept {
    const size_t at = g * B::kScales * simd128::kGroupRows;
    for (size_t h = 0; h < B::kScales; ++h)
      scale[h] = LoadBytes8(block + B::kScalesAt + at + h * kRows);
    for (size_t h = 0; h < B::kMins; ++h)
      min[h] = LoadBytes8(block + B::kMinsAt + at + h * kRows);
  }

 private:
  static constexpr size_t kRows = simd128::kGroupRows;
};

// sum + the products of half h of the columns; code(j): vector j of the codes
// of four rows
template <typename Format, typename Code>
TENON_INLINE int32x4_t AddHalf(int32x4_t sum, const Code& code,
                               const A8Block& x, size_t h) noexcept {
  constexpr int kOffset = PackedBlock<Format>::kOffset;
  const int8x16_t q = vld1q_s8(x.q + 16 * h);
  const size_t j = 4 * h;
  if (kOffset != 0) sum = vsubq_s32(sum, vdupq_n_s32(kOffset * x.sum[h]));
  sum = vdotq_laneq_s32(sum, vreinterpretq_s8_s32(code(j)), q, 0);
  sum = vdotq_laneq_s32(sum, vreinterpretq_s8_s32(code(j + 1)), q, 1);
  sum = vdotq_laneq_s32(sum, vreinterpretq_s8_s32(code(j + 2)), q, 2);
  return vdotq_laneq_s32(sum, vreinterpretq_s8_s32(code(j + 3)), q, 3);
}

// isum + what four rows of a group contribute with a token
template <typename Format, typename Code>
TENON_INLINE int32x4_t AddGroup(int32x4_t isum, const GroupScales<Format>& w,
                                size_t quad, const Code& code,
                                const A8Block& x) noexcept {
  constexpr size_t kScales = PackedBlock<Format>::kScales;
  if constexpr (kScales == 0) {
    return AddHalf<Format>(AddHalf<Format>(isum, code, x, 0), code, x, 1);
  } else {
    const int32x4_t zero = vdupq_n_s32(0);
    int32x4_t first = AddHalf<Format>(zero, code, x, 0);
    if constexpr (kScales == 1)
      return vmlaq_s32(isum, AddHalf<Format>(first, code, x, 1),
                       w.scale[0].quad[quad]);
    isum = vmlaq_s32(isum, first, w.scale[0].quad[quad]);
    return vmlaq_s32(isum, AddHalf<Format>(zero, code, x, 1),
                     w.scale[1].quad[quad]);
  }
}

// msum + the same
template <typename Format>
TENON_INLINE int32x4_t AddMins(int32x4_t msum, const GroupScales<Format>& w,
                               size_t quad, const A8Block& x) noexcept {
  constexpr size_t kMins = PackedBlock<Format>::kMins;
  const int both = x.sum[0] + x.sum[1];
  if constexpr (!Format::kHasMin) return msum;
  if constexpr (kMins == 0) return vaddq_s32(msum, vdupq_n_s32(both));
  if constexpr (kMins == 1) return vmlaq_n_s32(msum, w.min[0].quad[quad], both);
  msum = vmlaq_n_s32(msum, w.min[0].quad[quad], x.sum[0]);
  return vmlaq_n_s32(msum, w.min[1].quad[quad], x.sum[1]);
}

// What the groups of a block have added up for a token.
struct IntegerSums {
  Rows8 isum, msum;
};

// Adds group g of a block to the sums of tokens, whose blocks lie `stride`
// apart.
template <typename Codes, typename Format>
TENON_INLINE void AddGroupOfMany(const std::byte* block, size_t g,
                                 const A8Block* x, size_t stride, size_t tokens,
                                 IntegerSums* sums) noexcept {
  using B = PackedBlock<Format>;
  const GroupScales<Format> w(block, g);
  const Codes codes[2] = {Codes{B::TileHalf(block, g, 0)},
                          Codes{B::TileHalf(block, g, 1)}};
  for (size_t t = 0; t < tokens; ++t, x += stride)
    for (size_t quad = 0; quad < 2; ++quad) {
      v128_t &isum = sums[t].isum.quad[quad], &msum = sums[t].msum.quad[quad];
      isum = AddGroup(isum, w, quad, codes[quad], *x);
      msum = AddMins(msum, w, quad, *x);
    }
}

// sums[t] += the products of a block with up to kMost tokens.
template <typename Codes, size_t kMost, typename Format>
TENON_INLINE void AddBlockOfMany(const std::byte* block, const A8Block* x,
                                 size_t stride, size_t tokens,
                                 Rows8* sums) noexcept {
  const simd128::BlockScales<Format> scales(block);
  IntegerSums integers[kMost] = {};
  for (size_t g = 0; g < PackedBlock<Format>::kGroups; ++g)
    AddGroupOfMany<Codes, Format>(block, g, x + g, stride, tokens, integers);
  for (size_t t = 0; t < tokens; ++t, x += stride)
    for (size_t quad = 0; quad < 2; ++quad) {
      v128_t& sum = sums[t].quad[quad];
      sum = simd128::AddBlock(sum, scales, quad, integers[t].isum.quad[quad],
                              integers[t].msum.quad[quad],
                              simd128::Splat(x->scale));
    }
}

// sums[t] = the products of a row group with up to kMost tokens.  Codes: when
// the codes of a tile are decoded.
template <typename Codes, size_t kMost, typename Format>
TENON_INLINE void Multiply(const Operands<Format>& at, size_t group,
                           size_t first, size_t tokens, Rows8* sums) noexcept {
  using B = PackedBlock<Format>;
  const std::byte* block = at.Rows(group);
  const A8Block* x = at.X(first);
  if (kMost == 1) tokens = 1;
  std::fill_n(sums, tokens, Rows8{});
  for (size_t b = 0; b < at.blocks(); ++b) {
    AddBlockOfMany<Codes, kMost, Format>(block, x, at.stride(), tokens, sums);
    block += B::kBytes;
    x += B::kGroups;
  }
}

}  // namespace

template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte*) noexcept {
  const Operands<Format> at(args, ctx);
  for (size_t group = range.begin; group < range.end; ++group) {
    const auto columns = at.template Columns<simd128::kGroupRows>(group);
    for (size_t first = 0; first < at.tokens(); first += kMostTokens) {
      const size_t count = std::min(kMostTokens, at.tokens() - first);
      Rows8 sums[kMostTokens];
      if (count == 1)
        Multiply<simd128::StoredCodes<Format>, 1>(at, group, first, 1, sums);
      else
        Multiply<simd128::DecodedCodes<Format>, kMostTokens>(at, group, first,
                                                             count, sums);
      for (size_t t = 0; t < count; ++t) {
        float values[simd128::kGroupRows];
        std::memcpy(values, &sums[t], sizeof(values));
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

}  // namespace tenon::native::dotprod
TENON_TARGET_END
