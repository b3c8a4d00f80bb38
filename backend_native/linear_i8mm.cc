// The integer products of several tokens for ARM processors with products of
// matrices of bytes: `smmla` multiplies eight columns of two rows with those of
// two tokens, twice the products of `sdot`.
#include <arm_neon.h>

#include <algorithm>
#include <cstring>

#include "backend_native/kernels.h"
#include "backend_native/operands.h"
#include "backend_native/target.h"
#include "backend_simd128/block_product.h"

TENON_TARGET_BEGIN("arch=armv8.2-a+dotprod+i8mm")
namespace tenon::native::i8mm {
namespace {

#include "backend_native/linear_arm.inc"

// The same 32 columns of two tokens: vector k has 8 k ... 8 k + 7 of the first,
// then of the second.
struct TokenPair {
  const A8Block* x[2];
  int8x16_t q[4];

  TENON_INLINE TokenPair(const A8Block* first, const A8Block* second) noexcept
      : x{first, second} {
    for (size_t k = 0; k < 4; ++k)
      q[k] = vcombine_s8(vld1_s8(first->q + 8 * k), vld1_s8(second->q + 8 * k));
  }
};

// The codes of four rows of a group: vector k of a pair of rows has columns
// 8 k ... 8 k + 7 of the first, then of the second.
template <typename Format>
class RowPairs {
 public:
  TENON_INLINE explicit RowPairs(const std::byte* tile) noexcept {
    const simd128::StoredCodes<Format> stored{tile};
    for (size_t k = 0; k < 4; ++k) {
      const int32x4_t even = stored(2 * k), odd = stored(2 * k + 1);
      codes_[0][k] = vreinterpretq_s8_s32(vzip1q_s32(even, odd));
      codes_[1][k] = vreinterpretq_s8_s32(vzip2q_s32(even, odd));
    }
  }

  // dots[i] = the products of vectors [first, last) with token i of a pair
  TENON_INLINE void Dot(const TokenPair& pair, size_t first, size_t last,
                        int32x4_t* dots) const noexcept {
    int32x4_t sums[2] = {vdupq_n_s32(0), vdupq_n_s32(0)};
    for (size_t k = first; k < last; ++k)
      for (size_t rows = 0; rows < 2; ++rows)
        sums[rows] = vmmlaq_s32(sums[rows], codes_[rows][k], pair.q[k]);
    dots[0] = vuzp1q_s32(sums[0], sums[1]);
    dots[1] = vuzp2q_s32(sums[0], sums[1]);
  }

 private:
  int8x16_t codes_[2][4];
};

template <typename Format>
class MatrixGroup {
  using B = PackedBlock<Format>;
  static constexpr size_t kParts = B::kScales == 2 ? 2 : 1;

 public:
  TENON_INLINE MatrixGroup(const std::byte* block, size_t g) noexcept
      : w_(block, g),
        codes_{RowPairs<Format>(B::TileHalf(block, g, 0)),
               RowPairs<Format>(B::TileHalf(block, g, 1))} {}

  // Of an odd number the last is multiplied twice: there is a sum behind it.
  TENON_INLINE void AddTo(IntegerSums* sums, const A8Block* x, size_t stride,
                          size_t tokens) const noexcept {
    for (size_t t = 0; t < tokens; t += 2, x += 2 * stride) {
      const TokenPair pair(x, t + 1 < tokens ? x + stride : x);
      for (size_t quad = 0; quad < 2; ++quad) AddPair(sums + t, quad, pair);
    }
  }

 private:
  TENON_INLINE void AddPair(IntegerSums* sums, size_t quad,
                            const TokenPair& pair) const noexcept {
    for (size_t part = 0; part < kParts; ++part) {
      int32x4_t dots[2];
      codes_[quad].Dot(pair, part * 4 / kParts, (part + 1) * 4 / kParts, dots);
      for (size_t i = 0; i < 2; ++i) {
        v128_t& isum = sums[i].isum.quad[quad];
        isum = AddPart(isum, part, quad, dots[i], *pair.x[i]);
      }
    }
    for (size_t i = 0; i < 2; ++i) {
      v128_t& msum = sums[i].msum.quad[quad];
      msum = AddMins(msum, w_, quad, *pair.x[i]);
    }
  }

  // isum + the products of a part of the columns
  TENON_INLINE int32x4_t AddPart(int32x4_t isum, size_t part, size_t quad,
                                 int32x4_t dot,
                                 const A8Block& x) const noexcept {
    const int sum = kParts == 2 ? x.sum[part] : x.sum[0] + x.sum[1];
    if (B::kOffset != 0) dot = vsubq_s32(dot, vdupq_n_s32(B::kOffset * sum));
    if (B::kScales == 0) return vaddq_s32(isum, dot);
    return vmlaq_s32(isum, dot, w_.scale[part].quad[quad]);
  }

  GroupScales<Format> w_;
  RowPairs<Format> codes_[2];
};

}  // namespace

template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept {
  static_assert(kMostTokens % 2 == 0);
  const Operands<Format> at(args, ctx);
  if (at.tokens() == 1)
    return dotprod::LinearInt8<Format>(args, ctx, range, scratch);
  MultiplyAll<MatrixGroup<Format>, kMostTokens>(at, range);
}

#define TENON_FLOAT_WEIGHT(W, w)
#define TENON_BLOCK_WEIGHT(W, w) template Kernel LinearInt8<quant::W>;
#include "backend_simd128/weights.inc"
#undef TENON_FLOAT_WEIGHT
#undef TENON_BLOCK_WEIGHT

}  // namespace tenon::native::i8mm
TENON_TARGET_END
