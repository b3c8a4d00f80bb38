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
#include "backend_simd128/halves.h"
#include "backend_simd128/packed.h"

namespace tenon::simd128 {

// One number for each of eight rows.
using Rows8 = EightLanes;

// Small integers of eight rows: 16-bit numbers a, b of a row in the halves of
// its lane.
TENON_INLINE Rows8 LoadPairs(const std::byte* a, const std::byte* b) noexcept {
  const v128_t x = wasm_i16x8_extend_low_i8x16(wasm_v128_load64_zero(a));
  const v128_t y = wasm_i16x8_extend_low_i8x16(wasm_v128_load64_zero(b));
  return Interleave(x, y);
}

// What a block has for all its groups.
template <typename Format>
struct BlockScales {
  Rows8 d, dmin;

  TENON_INLINE explicit BlockScales(Rows8 scales) noexcept : d(scales) {}
  TENON_INLINE explicit BlockScales(const std::byte* block) noexcept
      : d(LoadScales(block)) {
    using B = PackedBlock<Format>;
    if constexpr (B::kHasMin) dmin = LoadScales(block + B::kMinScaleAt);
  }

 private:
  // Those of super-blocks are a weight's size divided by the largest code and
  // the largest scale of a group: often less than 2^-14.
  static TENON_INLINE Rows8 LoadScales(const std::byte* p) noexcept {
    if constexpr (PackedBlock<Format>::kGroups > 1) return LoadSmallHalves8(p);
    return LoadHalves8(p);
  }
};

// What group g of a block has of its own.
template <typename Format>
struct GroupScales {
  using B = PackedBlock<Format>;

  Rows8 scale[2];  // operands of AddScaled()
  Rows8 excess;    // scale[0], scale[1] times the offset of the codes
  Rows8 min;       // min[0], min[1]

  TENON_INLINE GroupScales(const std::byte* block, size_t g) noexcept {
    if constexpr (B::kScales > 0) {
      const size_t at = g * B::kScales * kGroupRows;
      const std::byte* scales = block + B::kScalesAt + at;
      const std::byte* mins = block + B::kMinsAt + at;
      constexpr size_t kSecond = (B::kScales - 1) * kGroupRows;
      for (size_t i = 0; i < B::kScales; ++i) {
        const std::byte* of_half = scales + i * kGroupRows;
        scale[i] = LoadPairs(of_half, of_half);
      }
      if constexpr (B::kOffset != 0) {
        static_assert(std::has_single_bit(unsigned{B::kOffset}));
        excess = LoadPairs(scales, scales + kSecond);
        for (v128_t& quad : excess.quad)
          quad = wasm_i16x8_shl(quad, std::countr_zero(unsigned{B::kOffset}));
      }
      if constexpr (B::kHasMin) min = LoadPairs(mins, mins + kSecond);
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
    const StoredCodes<Format> stored{tile};
    for (size_t j = 0; j < 8; ++j) codes_[j] = stored(j);
  }
  TENON_INLINE v128_t operator()(size_t j) const noexcept { return codes_[j]; }

 private:
  v128_t codes_[8];
};

// By how much the codes that quads multiply are larger than those that are
// meant: codes with a sign are multiplied without it.
template <typename Format>
inline constexpr int kExcess =
    PackedBlock<Format>::kMaxCode == kSigned ? 128
                                             : PackedBlock<Format>::kOffset;

// The sums of 32 activations of a token, in every lane.  With scales: sum[0],
// sum[1] in the halves.  Without, what is the same for all rows: msum, or what
// the excess of the codes takes away.
template <typename Format>
struct TokenSums {
  using B = PackedBlock<Format>;

  v128_t sums;

  TENON_INLINE explicit TokenSums(v128_t in_every_lane) noexcept
      : sums(in_every_lane) {}
  TENON_INLINE explicit TokenSums(const A8Block& x) noexcept
      : sums(wasm_v128_load32_splat(x.sum)) {
    constexpr int kFactor = B::kHasMin ? 1 : -kExcess<Format>;
    if constexpr (B::kScales == 0)
      sums = wasm_i32x4_dot_i16x8(sums, Constant(wasm_i16x8_splat(kFactor)));
  }

  // Where the sum of a part of the columns, by quads, starts from.
  TENON_INLINE v128_t Start(size_t part) const noexcept {
    if constexpr (kExcess<Format> == 0) return Zero();
    if constexpr (B::kScales == 0) return sums;
    const uint32_t one = static_cast<uint16_t>(-kExcess<Format>);
    const uint32_t both = B::kScales == 1 ? one * 0x10001 : one << 16 * part;
    return wasm_i32x4_dot_i16x8(sums, Constant(wasm_u32x4_splat(both)));
  }
};

// 32 activations of the only token, in registers.
template <typename Format>
class Token : public TokenSums<Format> {
 public:
  TENON_INLINE explicit Token(const A8Block& x) noexcept
      : TokenSums<Format>(x) {
    const Activations a(x.q);
    for (size_t j = 0; j < 8; ++j) q_[j] = a(j);
  }
  // Columns 4 j ... 4 j + 3 in every lane.
  TENON_INLINE v128_t q(size_t j) const noexcept { return q_[j]; }

 private:
  v128_t q_[8];
};

// isum + what four rows of a group contribute with a token.  code(j): vector j
// of their codes.  X: a TokenSums with q(j) of Token
template <typename Format, typename Code, typename X>
TENON_INLINE v128_t AddGroup(v128_t isum, const GroupScales<Format>& w,
                             size_t quad, const Code& code,
                             const X& x) noexcept {
  using B = PackedBlock<Format>;
  constexpr int kMax = B::kMaxCode;
  const auto q = [&x](size_t j) noexcept { return x.q(j); };
  if constexpr (B::kScales == 2) {
    isum = AddScaled<kMax, 0, 4>(isum, code, q, w.scale[0].quad[quad]);
    isum = AddScaled<kMax, 4, 8>(isum, code, q, w.scale[1].quad[quad]);
    if constexpr (B::kOffset != 0)
      isum = wasm_i32x4_sub(isum,
                            wasm_i32x4_dot_i16x8(w.excess.quad[quad], x.sums));
    return isum;
  } else if constexpr (B::kScales == 1) {
    static_assert(B::kOffset == 0);
    return AddScaled<kMax, 0, 8>(isum, code, q, w.scale[0].quad[quad]);
  } else {
    const v128_t ones = Constant(wasm_i16x8_splat(1));
    isum = AddScaled<kMax, 0, 8>(isum, code, q, ones);
    return B::kOffset == 0 ? isum : wasm_i32x4_add(isum, x.sums);
  }
}

// Codes as quads take them.  By an addition: as Constant() is an xor, compilers
// would take one with a plain constant out of it.
template <typename Format>
TENON_INLINE v128_t WithoutSign(v128_t code) noexcept {
  if constexpr (PackedBlock<Format>::kMaxCode != kSigned) return code;
  return wasm_i8x16_add(code, Constant(wasm_u8x16_splat(128)));
}

// The scale of four rows as a factor of a sum by quads.
template <typename Format>
TENON_INLINE v128_t FactorOf(const GroupScales<Format>& w, size_t part,
                             size_t quad) noexcept {
  return wasm_i32x4_shr(w.scale[part].quad[quad], 16);
}

// Columns of a group that share a scale are a part of it.
template <typename Format>
inline constexpr size_t kParts = PackedBlock<Format>::kScales == 2 ? 2 : 1;

// As AddGroup(), by quads.
template <typename Format>
TENON_INLINE v128_t AddGroupByQuads(v128_t isum, const GroupScales<Format>& w,
                                    size_t quad,
                                    const StoredCodes<Format>& code,
                                    const Token<Format>& x) noexcept {
  constexpr size_t kCount = 8 / kParts<Format>;
  for (size_t part = 0; part < kParts<Format>; ++part) {
    v128_t dot = x.Start(part), odd = Zero();
    for (size_t j = part * kCount; j < (part + 1) * kCount; ++j) {
      // A sum waits for the one before it, so eight are two chains.
      v128_t& sum = kCount == 8 && j % 2 == 1 ? odd : dot;
      sum = AddQuads(sum, WithoutSign<Format>(code(j)), x.q(j));
    }
    dot = wasm_i32x4_add(dot, odd);
    if constexpr (PackedBlock<Format>::kScales > 0)
      dot = wasm_i32x4_mul(dot, FactorOf(w, part, quad));
    isum = wasm_i32x4_add(isum, dot);
  }
  return isum;
}

// msum + what four rows of a group contribute with a token
template <typename Format>
TENON_INLINE v128_t AddMins(v128_t msum, const GroupScales<Format>& w,
                            size_t quad, const Token<Format>& x) noexcept {
  if constexpr (!Format::kHasMin) return msum;
  if constexpr (PackedBlock<Format>::kScales == 0)
    return x.sums;
  else
    return AddDot16(msum, w.min.quad[quad], x.sums);
}

// sum + the product of four rows of a block with a token; `scale`: the token's
template <typename Format>
TENON_INLINE v128_t AddBlock(v128_t sum, const BlockScales<Format>& block,
                             size_t quad, v128_t isum, v128_t msum,
                             v128_t scale) noexcept {
  const v128_t d = wasm_f32x4_mul(block.d.quad[quad], scale);
  sum = wasm_f32x4_add(sum, wasm_f32x4_mul(wasm_f32x4_convert_i32x4(isum), d));
  if constexpr (Format::kHasMin) {
    const v128_t dmin = wasm_f32x4_mul(block.dmin.quad[quad], scale);
    sum = wasm_f32x4_sub(sum,
                         wasm_f32x4_mul(wasm_f32x4_convert_i32x4(msum), dmin));
  }
  return sum;
}

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_BLOCK_PRODUCT_H_
