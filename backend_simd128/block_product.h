// The product of a block, 8 rows of a packed weight, with A8 activations, as
// docs/numerics.md defines it; over the halves h of its groups of 32 columns,
//   isum = sum of scale[h] * sum_i code[i] q[i]
//   msum = sum of min[h] * a.sum[h]
//   sum += float(isum) * (d * a.scale)
//   sum -= float(msum) * (dmin * a.scale)
#ifndef BACKEND_SIMD128_BLOCK_PRODUCT_H_
#define BACKEND_SIMD128_BLOCK_PRODUCT_H_

#include <bit>

#include "backend_simd128/dot.h"
#include "backend_simd128/packed.h"

namespace tenon::simd128 {

// One number for each of eight rows.
using Rows8 = EightLanes;

// Small integers of eight rows: 16-bit numbers a, b of a row in the halves of
// its lane.
TENON_INLINE Rows8 LoadPairs(const std::byte* a, const std::byte* b) noexcept {
  const v128_t x = wasm_i16x8_extend_low_i8x16(wasm_v128_load64_zero(a));
  const v128_t y = wasm_i16x8_extend_low_i8x16(wasm_v128_load64_zero(b));
  return {{wasm_i16x8_shuffle(x, y, 0, 8, 1, 9, 2, 10, 3, 11),
           wasm_i16x8_shuffle(x, y, 4, 12, 5, 13, 6, 14, 7, 15)}};
}

// Sums of activations are multiplied with the scales of a block, for codes with
// an offset, or with its minimums, two halves or two groups at a time.  Blocks
// without scales have one sum, the same for all rows.
template <typename Format>
inline constexpr size_t kSums =
    PackedBlock<Format>::kScales == 0
        ? 1
        : PackedBlock<Format>::kGroups * PackedBlock<Format>::kScales / 2;

// What a block has for all its groups.
template <typename Format>
struct BlockScales {
  using B = PackedBlock<Format>;

  Rows8 d, dmin;
  Rows8 pair[kSums<Format>];  // factors of TokenScales::sums

  TENON_INLINE explicit BlockScales(const std::byte* block) noexcept
      : d(LoadHalves8(block)) {
    if constexpr (B::kHasMin) dmin = LoadHalves8(block + B::kMinScaleAt);
    if constexpr (B::kScales > 0 && (B::kHasMin || B::kOffset != 0)) {
      const std::byte* factors =
          block + (B::kHasMin ? B::kMinsAt : B::kScalesAt);
      for (Rows8& two : pair) {
        two = LoadPairs(factors, factors + kGroupRows);
        factors += 2 * kGroupRows;
      }
    }
  }
};

// The scales of group g of a block, as operands of AddScaled().
template <typename Format>
struct GroupScales {
  using B = PackedBlock<Format>;

  Rows8 scale[2];

  TENON_INLINE GroupScales(const std::byte* block, size_t g) noexcept {
    const std::byte* scales =
        block + B::kScalesAt + g * B::kScales * kGroupRows;
    for (size_t i = 0; i < B::kScales; ++i, scales += kGroupRows)
      scale[i] = LoadPairs(scales, scales);
  }
};

// The codes of four rows where they lie: each is decoded when it is used, so
// that few of them are in registers at a time.
template <typename Format>
struct StoredCodes {
  const std::byte* tile;
  TENON_INLINE v128_t operator()(size_t j) const noexcept {
    return PackedBlock<Format>::Way::Read(tile, j);
  }
};

// The same, decoded once for several tokens.
template <typename Format>
class DecodedCodes {
 public:
  TENON_INLINE explicit DecodedCodes(const std::byte* tile) noexcept {
    for (size_t j = 0; j < 8; ++j)
      codes_[j] = PackedBlock<Format>::Way::Read(tile, j);
  }
  TENON_INLINE v128_t operator()(size_t j) const noexcept { return codes_[j]; }

 private:
  v128_t codes_[8];
};

// 32 activations of a token.  Every number is in all the lanes that it is
// multiplied with, so that one load brings it from where tokens are kept.
struct Token {
  v128_t q[8];  // Activations

  Token() = default;
  TENON_INLINE explicit Token(const A8Block& x) noexcept {
    const Activations a(x.q);
    for (size_t j = 0; j < 8; ++j) q[j] = a(j);
  }
};

// Of a token's activations, as many as a block has columns.
template <typename Format>
struct TokenScales {
  v128_t scale;
  v128_t sums[kSums<Format>];  // two of 16 bits in every lane; or one of 32

  TENON_INLINE explicit TokenScales(const A8Block* x) noexcept
      : scale(Splat(x->scale)) {
    using B = PackedBlock<Format>;
    for (v128_t& two : sums) {
      if constexpr (B::kScales == 1) {
        two = wasm_u32x4_splat(Sum(x[0]) | Sum(x[1]) << 16);
        x += 2;
      } else {
        two = wasm_v128_load32_splat(x->sum);
        ++x;
      }
    }
    // As msum, or times the offset.
    constexpr int kFactor = B::kOffset == 0 ? 1 : B::kOffset;
    if constexpr (B::kScales == 0)
      sums[0] =
          wasm_i32x4_dot_i16x8(sums[0], Constant(wasm_i16x8_splat(kFactor)));
  }

 private:
  TENON_INLINE static uint32_t Sum(const A8Block& x) noexcept {
    return static_cast<uint16_t>(x.sum[0] + x.sum[1]);
  }
};

// isum + what four rows of a group contribute with a token, the codes taken as
// they are stored.  code(j): vector j of them
template <typename Format, typename Code>
TENON_INLINE v128_t AddGroup(v128_t isum, const GroupScales<Format>& w,
                             size_t quad, const Code& code,
                             const Token& x) noexcept {
  using B = PackedBlock<Format>;
  constexpr int kMax = B::kMaxCode;
  const auto q = [&x](size_t j) noexcept { return x.q[j]; };
  if constexpr (B::kScales == 2) {
    isum = AddScaled<kMax, 0, 4>(isum, code, q, w.scale[0].quad[quad]);
    return AddScaled<kMax, 4, 8>(isum, code, q, w.scale[1].quad[quad]);
  } else if constexpr (B::kScales == 1) {
    return AddScaled<kMax, 0, 8>(isum, code, q, w.scale[0].quad[quad]);
  } else {
    return AddScaled<kMax, 0, 8>(isum, code, q, Constant(wasm_i16x8_splat(1)));
  }
}

// msum, or what the offset of the codes adds to isum
template <typename Format>
TENON_INLINE v128_t ScaledSums(const BlockScales<Format>& block, size_t quad,
                               const TokenScales<Format>& x) noexcept {
  using B = PackedBlock<Format>;
  if constexpr (B::kScales == 0) return x.sums[0];
  v128_t sum = Zero();
  for (size_t i = 0; i < kSums<Format>; ++i)
    sum = AddDot16(sum, block.pair[i].quad[quad], x.sums[i]);
  constexpr int kShift = std::countr_zero(unsigned{B::kOffset});
  static_assert(B::kOffset == 0 || 1 << kShift == B::kOffset);
  return B::kOffset == 0 ? sum : wasm_i32x4_shl(sum, kShift);
}

// sum + the product of four rows of a block with a token
template <typename Format>
TENON_INLINE v128_t AddBlock(v128_t sum, const BlockScales<Format>& block,
                             size_t quad, v128_t isum,
                             const TokenScales<Format>& x) noexcept {
  using B = PackedBlock<Format>;
  if constexpr (B::kOffset != 0)
    isum = wasm_i32x4_sub(isum, ScaledSums(block, quad, x));
  const v128_t scale = wasm_f32x4_mul(block.d.quad[quad], x.scale);
  sum = wasm_f32x4_add(sum,
                       wasm_f32x4_mul(wasm_f32x4_convert_i32x4(isum), scale));
  if constexpr (B::kHasMin) {
    const v128_t msum = wasm_f32x4_convert_i32x4(ScaledSums(block, quad, x));
    const v128_t dmin = wasm_f32x4_mul(block.dmin.quad[quad], x.scale);
    sum = wasm_f32x4_sub(sum, wasm_f32x4_mul(msum, dmin));
  }
  return sum;
}

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_BLOCK_PRODUCT_H_
