// The activations of one of several tokens that a block of weights is
// multiplied with, in the order in which the kernel reads them.
#ifndef BACKEND_SIMD128_TOKEN_BLOCK_H_
#define BACKEND_SIMD128_TOKEN_BLOCK_H_

#include <algorithm>

#include "backend_simd128/block_product.h"

namespace tenon::simd128 {

// Tokens that share one decoding of the weights.  Their activations stay in the
// second cache.
inline constexpr uint32_t kMostTokens = 64;

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

// 32 activations of one of several tokens, where they lie.
template <typename Format>
class StoredToken : public TokenSums<Format> {
 public:
  TENON_INLINE StoredToken(const int8_t* q, v128_t sums) noexcept
      : TokenSums<Format>(sums), q_(q) {}
  TENON_INLINE v128_t q(size_t j) const noexcept {
    return wasm_v128_load32_splat(q_ + 4 * j);
  }

 private:
  const int8_t* q_;
};

// Of a token, what a block is multiplied with.
template <typename Format>
class TokenBlock {
  using B = PackedBlock<Format>;

 public:
  TENON_INLINE explicit TokenBlock(const A8Block* x) noexcept
      : scale_(x->scale) {
    TENON_ROLLED
    for (size_t g = 0; g < B::kGroups; ++g) {
      std::copy_n(x[g].q, quant::kGroup, group_[g].q);
      group_[g].sums = wasm_i32x4_extract_lane(TokenSums<Format>(x[g]).sums, 0);
    }
    if constexpr (B::kMins == 1) {
      TENON_ROLLED
      for (size_t g = 0; g < B::kGroups; g += 2)
        group_[g].sums = static_cast<int32_t>(Sum(x[g]) | Sum(x[g + 1]) << 16);
    }
  }

  TENON_INLINE v128_t scale() const noexcept { return Splat(scale_); }
  TENON_INLINE const int8_t* q(size_t g) const noexcept { return group_[g].q; }
  // Where a group has one minimum, the sums of every other group are those of
  // it and of the next one, not of the halves of it.
  TENON_INLINE StoredToken<Format> group(size_t g) const noexcept {
    return {q(g), wasm_i32x4_splat(group_[g].sums)};
  }

  TENON_INLINE v128_t Msum(const BlockMins<Format>& mins) const noexcept {
    if constexpr (B::kMins == 0) return group(0).sums;
    v128_t msum = Zero();
    for (size_t i = 0; i < mins.kCount; ++i)
      msum = AddDot16(msum, mins[i], group(i * B::kGroups / mins.kCount).sums);
    return msum;
  }

 private:
  struct Group {
    int8_t q[quant::kGroup];
    int32_t sums;  // of every lane of TokenSums
  };

  TENON_INLINE static uint32_t Sum(const A8Block& x) noexcept {
    return static_cast<uint16_t>(x.sum[0] + x.sum[1]);
  }

  Group group_[B::kGroups];
  float scale_;
};

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_TOKEN_BLOCK_H_
