// The product of integers, four rows at a time.  With n = kCount vectors,
//   Dot         sum[r] = sum over c < 4 n of code(r, c) * q(c)
//   DotScaled   sum[r] = scale[r] * the same; |scale| <= 128
// where code(r, c) is byte 4 r + c % 4 of code[c / 4].  Lane r of a vector
// holds four columns of row r, so sums never cross lanes.  Activations are in
// [-127, 127], codes in [0, kMaxCode] or signed.  Sums of integers are exact,
// so every body below gives the same bits.
//
// Three bodies: the relaxed dot product of WebAssembly, whose second operand
// has seven bits (raw codes, never signed bytes); plain SIMD128, which
// multiplies 16-bit halves; and SSSE3 where SIMDe runs on x86.
#ifndef BACKEND_SIMD128_DOT_H_
#define BACKEND_SIMD128_DOT_H_

#include <cstddef>
#include <cstdint>

#include "backend_simd128/simd.h"

#if !defined(__wasm__) && defined(__SSSE3__)
#include <immintrin.h>
#define TENON_NATIVE_DOT 1
#else
#define TENON_NATIVE_DOT 0
#endif

namespace tenon::simd128 {

// 32 activations, four columns in every lane of a vector.
struct Activations {
  v128_t q[8];
};

#if TENON_NATIVE_DOT
TENON_INLINE Activations LoadActivations(const int8_t* q) noexcept {
  const v128_t a = Load(q), b = Load(q + 16);
  return {{_mm_shuffle_epi32(a, 0x00), _mm_shuffle_epi32(a, 0x55),
           _mm_shuffle_epi32(a, 0xaa), _mm_shuffle_epi32(a, 0xff),
           _mm_shuffle_epi32(b, 0x00), _mm_shuffle_epi32(b, 0x55),
           _mm_shuffle_epi32(b, 0xaa), _mm_shuffle_epi32(b, 0xff)}};
}
#else
TENON_INLINE Activations LoadActivations(const int8_t* q) noexcept {
  return {{wasm_v128_load32_splat(q), wasm_v128_load32_splat(q + 4),
           wasm_v128_load32_splat(q + 8), wasm_v128_load32_splat(q + 12),
           wasm_v128_load32_splat(q + 16), wasm_v128_load32_splat(q + 20),
           wasm_v128_load32_splat(q + 24), wasm_v128_load32_splat(q + 28)}};
}

// Even and odd bytes, as 16-bit lanes.
TENON_INLINE v128_t EvenBytes(v128_t x) noexcept {
  return wasm_i16x8_shr(wasm_i16x8_shl(x, 8), 8);
}
TENON_INLINE v128_t OddBytes(v128_t x) noexcept { return wasm_i16x8_shr(x, 8); }
#endif

// Of codes that may be negative, in [-128, 127].
inline constexpr int kSigned = -1;

#if TENON_NATIVE_DOT

// What DotScaled() takes: a small factor per row, in both halves of the lane.
TENON_INLINE v128_t ScaleOperand(v128_t both_halves) noexcept {
  return both_halves;
}

// Sums of two products, in 16 bits.
template <int kMaxCode>
TENON_INLINE v128_t SumPairs(v128_t code, v128_t q) noexcept {
  if constexpr (kMaxCode == kSigned)  // |code| <= 128 is read as unsigned
    return _mm_maddubs_epi16(_mm_abs_epi8(code), _mm_sign_epi8(q, code));
  else
    return _mm_maddubs_epi16(code, q);
}

template <int kMaxCode, size_t kCount>
TENON_INLINE v128_t DotScaled(const v128_t* code, const v128_t* q,
                              v128_t scale) noexcept {
  // So many sums of two products fit into 16 bits.
  constexpr size_t kRun =
      kMaxCode == kSigned ? 1 : 32767 / (2 * 127 * kMaxCode);
  v128_t sum = Zero(), pairs = Zero();
  for (size_t i = 0; i < kCount; ++i) {
    const v128_t two = SumPairs<kMaxCode>(code[i], q[i]);
    pairs = i % kRun == 0 ? two : _mm_add_epi16(pairs, two);
    if (i % kRun == kRun - 1 || i == kCount - 1)
      sum = _mm_add_epi32(sum, _mm_madd_epi16(pairs, scale));
  }
  return sum;
}

template <int kMaxCode, size_t kCount>
TENON_INLINE v128_t Dot(const v128_t* code, const v128_t* q) noexcept {
  return DotScaled<kMaxCode, kCount>(code, q, _mm_set1_epi16(1));
}

#else

TENON_INLINE v128_t ScaleOperand(v128_t both_halves) noexcept {
  return wasm_i32x4_shr(both_halves, 16);
}

TENON_INLINE v128_t AddDot16(v128_t sum, v128_t a, v128_t b) noexcept {
  return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(a, b));
}

// -128 has no place among seven bits and a sign: no relaxed dot here.
TENON_INLINE v128_t AddSigned(v128_t sum, v128_t code, v128_t q) noexcept {
  sum = AddDot16(sum, EvenBytes(code), EvenBytes(q));
  return AddDot16(sum, OddBytes(code), OddBytes(q));
}

TENON_INLINE v128_t AddUnsigned(v128_t sum, v128_t code, v128_t q) noexcept {
#if defined(TENON_RELAXED_SIMD)
  return wasm_i32x4_relaxed_dot_i8x16_i7x16_add(q, code, sum);
#else
  sum =
      AddDot16(sum, wasm_v128_and(code, wasm_i16x8_splat(0xff)), EvenBytes(q));
  return AddDot16(sum, wasm_u16x8_shr(code, 8), OddBytes(q));
#endif
}

template <int kMaxCode, size_t kCount>
TENON_INLINE v128_t Dot(const v128_t* code, const v128_t* q) noexcept {
  v128_t sum = Zero();
  for (size_t i = 0; i < kCount; ++i)
    sum = kMaxCode == kSigned ? AddSigned(sum, code[i], q[i])
                              : AddUnsigned(sum, code[i], q[i]);
  return sum;
}

template <int kMaxCode, size_t kCount>
TENON_INLINE v128_t DotScaled(const v128_t* code, const v128_t* q,
                              v128_t scale) noexcept {
  return wasm_i32x4_mul(Dot<kMaxCode, kCount>(code, q), scale);
}

#endif

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_DOT_H_
