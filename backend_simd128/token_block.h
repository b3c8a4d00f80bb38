// The activations of one of several tokens that a block of weights is
// multiplied with, spread as the kernel reads them.
#ifndef BACKEND_SIMD128_TOKEN_BLOCK_H_
#define BACKEND_SIMD128_TOKEN_BLOCK_H_

#include "backend_simd128/block_product.h"

namespace tenon::simd128 {

// Tokens that share one decoding of the weights.  Their activations stay in the
// second cache, so of long rows fewer go together.
inline constexpr uint32_t kMostTokens = 32;
inline uint32_t TokensTogether(uint32_t cols) noexcept {
  return cols <= 4096 ? kMostTokens : kMostTokens / 2;
}

// The minimums of a block, for four rows: two in the halves of a lane.  They
// are those of a group, or of two where a group has one.
template <typename Format>
class BlockMins {
  using B = PackedBlock<Format>;

 public:
  static constexpr size_t kCount = B::kGroups * B::kMins / 2;

  TENON_INLINE BlockMins(const std::byte* block, size_t quad) noexcept {
    const std::byte* mins = block + B::kMinsAt;
    TENON_ROLLED
    for (size_t i = 0; i < kCount; ++i, mins += 2 * kGroupRows)
      two_[i] = LoadPairs(mins, mins + kGroupRows).quad[quad];
  }
  TENON_INLINE v128_t operator[](size_t i) const noexcept { return two_[i]; }

 private:
  v128_t two_[kCount + 1];  // at least one
};

// Of a token, what a block is multiplied with.
template <typename Format>
struct TokenBlock {
  using B = PackedBlock<Format>;

  // Where a group has one minimum, `sums` of every other group are those of it
  // and of the next one, not of the halves of it.
  Token<Format> group[B::kGroups];
  v128_t scale;

  TENON_INLINE explicit TokenBlock(const A8Block* x) noexcept
      : scale(Splat(x->scale)) {
    TENON_ROLLED
    for (size_t g = 0; g < B::kGroups; ++g) group[g] = Token<Format>(x[g]);
    if constexpr (B::kMins == 1) {
      TENON_ROLLED
      for (size_t g = 0; g < B::kGroups; g += 2)
        group[g].sums = wasm_u32x4_splat(Sum(x[g]) | Sum(x[g + 1]) << 16);
    }
  }

  TENON_INLINE v128_t Msum(const BlockMins<Format>& mins) const noexcept {
    if constexpr (B::kMins == 0) return group[0].sums;
    v128_t msum = Zero();
    for (size_t i = 0; i < mins.kCount; ++i)
      msum = AddDot16(msum, mins[i], group[i * B::kGroups / mins.kCount].sums);
    return msum;
  }

 private:
  TENON_INLINE static uint32_t Sum(const A8Block& x) noexcept {
    return static_cast<uint16_t>(x.sum[0] + x.sum[1]);
  }
};

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_TOKEN_BLOCK_H_
