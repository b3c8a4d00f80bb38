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

#include "backend_native/linear_arm.inc"

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

// Codes: when the codes of a tile are decoded.
template <typename Codes, typename Format>
class DotGroup {
  using B = PackedBlock<Format>;

 public:
  TENON_INLINE DotGroup(const std::byte* block, size_t g) noexcept
      : w_(block, g),
        codes_{Codes{B::TileHalf(block, g, 0)},
               Codes{B::TileHalf(block, g, 1)}} {}

  TENON_INLINE void AddTo(IntegerSums* sums, const A8Block* x, size_t stride,
                          size_t tokens) const noexcept {
    for (size_t t = 0; t < tokens; ++t, x += stride)
      for (size_t quad = 0; quad < 2; ++quad) {
        v128_t &isum = sums[t].isum.quad[quad], &msum = sums[t].msum.quad[quad];
        isum = AddGroup(isum, w_, quad, codes_[quad], *x);
        msum = AddMins(msum, w_, quad, *x);
      }
  }

 private:
  GroupScales<Format> w_;
  Codes codes_[2];
};

}  // namespace

template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte*) noexcept {
  const Operands<Format> at(args, ctx);
  if (at.tokens() == 1)
    MultiplyAll<DotGroup<simd128::StoredCodes<Format>, Format>, 1>(at, range);
  else
    MultiplyAll<DotGroup<simd128::DecodedCodes<Format>, Format>, kMostTokens>(
        at, range);
}

#define TENON_FLOAT_WEIGHT(W, w)
#define TENON_BLOCK_WEIGHT(W, w) template Kernel LinearInt8<quant::W>;
#include "backend_simd128/weights.inc"
#undef TENON_FLOAT_WEIGHT
#undef TENON_BLOCK_WEIGHT

}  // namespace tenon::native::dotprod
TENON_TARGET_END
