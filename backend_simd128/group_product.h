// The product of a group, 8 rows x 32 columns of a packed weight, with A8
// activations, as docs/numerics.md defines it:
//   isum = scale[0] * sum_{i<16} code[i] q[i] + scale[1] * sum_{i>=16} ...
//   msum = min[0] * a.sum[0] + min[1] * a.sum[1]
//   sum += float(isum) * (d * a.scale)
//   sum -= float(msum) * (dmin * a.scale)
#ifndef BACKEND_SIMD128_GROUP_PRODUCT_H_
#define BACKEND_SIMD128_GROUP_PRODUCT_H_

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

// What group g of a block has of its own.
template <typename Format>
struct GroupScales {
  using B = PackedBlock<Format>;
  static constexpr size_t kScales = B::kScales;

  Rows8 scale[2];          // operands of DotScaled()
  Rows8 scale_pair, pair;  // scale[0], scale[1] and min[0], min[1] of a row

  TENON_INLINE GroupScales(const std::byte* block, size_t g) noexcept {
    if constexpr (kScales > 0) {
      const size_t at = g * kScales * kGroupRows;
      const std::byte* scales = block + B::kScalesAt + at;
      const std::byte* mins = block + B::kMinsAt + at;
      constexpr size_t kSecond = (kScales - 1) * kGroupRows;
      for (size_t i = 0; i < kScales; ++i) {
        const std::byte* of_half = scales + i * kGroupRows;
        scale[i] = LoadPairs(of_half, of_half);
      }
      if constexpr (B::kOffset != 0)
        scale_pair = LoadPairs(scales, scales + kSecond);
      if constexpr (B::kHasMin) pair = LoadPairs(mins, mins + kSecond);
    }
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
template <typename Format>
struct Token {
  v128_t q[8];  // Activations
  v128_t scale;
  v128_t sums;  // sum[0], sum[1] in the halves of every lane; see Token()

  TENON_INLINE explicit Token(const A8Block& x) noexcept
      : scale(Splat(x.scale)), sums(wasm_v128_load32_splat(x.sum)) {
    using B = PackedBlock<Format>;
    const Activations a(x.q);
    for (size_t j = 0; j < 8; ++j) q[j] = a(j);
    // Without scales the sums are the same for all rows: as msum, or times
    // the offset.
    constexpr int kFactor = B::kOffset == 0 ? 1 : B::kOffset;
    if constexpr (B::kScales == 0)
      sums = wasm_i32x4_dot_i16x8(sums, Constant(wasm_i16x8_splat(kFactor)));
  }
};

template <typename Format, typename Code>
TENON_INLINE v128_t Isum(const GroupScales<Format>& w, size_t quad,
                         const Code& code, const Token<Format>& x) noexcept {
  using B = PackedBlock<Format>;
  constexpr int kMax = B::kMaxCode;
  const auto q = [&x](size_t j) noexcept { return x.q[j]; };
  if constexpr (B::kScales == 2) {
    const v128_t low = DotScaled<kMax, 0, 4>(code, q, w.scale[0].quad[quad]);
    const v128_t high = DotScaled<kMax, 4, 8>(code, q, w.scale[1].quad[quad]);
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
    return DotScaled<kMax, 0, 8>(code, q, w.scale[0].quad[quad]);
  } else {
    const v128_t sum =
        DotScaled<kMax, 0, 8>(code, q, Constant(wasm_i16x8_splat(1)));
    return B::kOffset == 0 ? sum : wasm_i32x4_sub(sum, x.sums);
  }
}

template <typename Format>
TENON_INLINE v128_t Msum(const GroupScales<Format>& w, size_t quad,
                         const Token<Format>& x) noexcept {
  if constexpr (GroupScales<Format>::kScales == 0)
    return x.sums;
  else
    return wasm_i32x4_dot_i16x8(w.pair.quad[quad], x.sums);
}

// sum + the product of four rows of the group with a token; code(j): vector j
// of their codes
template <typename Format, typename Code>
TENON_INLINE v128_t AddGroup(v128_t sum, const BlockScales<Format>& block,
                             const GroupScales<Format>& w, size_t quad,
                             const Code& code,
                             const Token<Format>& x) noexcept {
  const v128_t isum = wasm_f32x4_convert_i32x4(Isum(w, quad, code, x));
  const v128_t scale = wasm_f32x4_mul(block.d.quad[quad], x.scale);
  sum = wasm_f32x4_add(sum, wasm_f32x4_mul(isum, scale));
  if constexpr (Format::kHasMin) {
    const v128_t msum = wasm_f32x4_convert_i32x4(Msum(w, quad, x));
    const v128_t dmin = wasm_f32x4_mul(block.dmin.quad[quad], x.scale);
    sum = wasm_f32x4_sub(sum, wasm_f32x4_mul(msum, dmin));
  }
  return sum;
}

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_GROUP_PRODUCT_H_
