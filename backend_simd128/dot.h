// The product of integers, four rows at a time:
//   sum[r] = sum over c < 4 n of code[c / 4] (byte 4 r + c % 4) * q[c]
// Lane r of a vector of codes holds four columns of row r, so sums never cross
// lanes.  A sum of integers is exact, so every body below gives the same bits.
//
// Three bodies: the relaxed dot product of WebAssembly, whose second operand
// has seven bits (raw codes, never signed bytes); plain SIMD128, which
// multiplies 16-bit halves; and SSSE3 or VNNI where SIMDe runs natively.
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
inline Activations LoadActivations(const int8_t* q) noexcept {
  const v128_t a = Load(q), b = Load(q + 16);
  return {{_mm_shuffle_epi32(a, 0x00), _mm_shuffle_epi32(a, 0x55),
           _mm_shuffle_epi32(a, 0xaa), _mm_shuffle_epi32(a, 0xff),
           _mm_shuffle_epi32(b, 0x00), _mm_shuffle_epi32(b, 0x55),
           _mm_shuffle_epi32(b, 0xaa), _mm_shuffle_epi32(b, 0xff)}};
}
#else
inline Activations LoadActivations(const int8_t* q) noexcept {
  return {{wasm_v128_load32_splat(q), wasm_v128_load32_splat(q + 4),
           wasm_v128_load32_splat(q + 8), wasm_v128_load32_splat(q + 12),
           wasm_v128_load32_splat(q + 16), wasm_v128_load32_splat(q + 20),
           wasm_v128_load32_splat(q + 24), wasm_v128_load32_splat(q + 28)}};
}

// Even and odd bytes, as 16-bit lanes.
inline v128_t EvenBytes(v128_t x) noexcept {
  return wasm_i16x8_shr(wasm_i16x8_shl(x, 8), 8);
}
inline v128_t OddBytes(v128_t x) noexcept { return wasm_i16x8_shr(x, 8); }
#endif

// Codes in [0, kMaxCode], activations in [-127, 127].
template <int kMaxCode, size_t kCount>
v128_t DotUnsigned(const v128_t* code, const v128_t* q) noexcept {
  static_assert(kMaxCode <= 127);
  v128_t sum = Zero();
#if defined(TENON_RELAXED_SIMD)
  for (size_t i = 0; i < kCount; ++i)
    sum = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(q[i], code[i], sum);
#elif TENON_NATIVE_DOT && defined(__AVXVNNI__)
  for (size_t i = 0; i < kCount; ++i)
    sum = _mm_dpbusd_avx_epi32(sum, code[i], q[i]);
#elif TENON_NATIVE_DOT
  // So many sums of two products fit into 16 bits.
  constexpr size_t kRun = 32767 / (2 * kMaxCode * 127);
  for (size_t i = 0; i < kCount;) {
    v128_t pairs = _mm_maddubs_epi16(code[i], q[i]);
    const size_t end = i + kRun < kCount ? i + kRun : kCount;
    for (++i; i < end; ++i)
      pairs = _mm_add_epi16(pairs, _mm_maddubs_epi16(code[i], q[i]));
    sum = _mm_add_epi32(sum, _mm_madd_epi16(pairs, _mm_set1_epi16(1)));
  }
#else
  for (size_t i = 0; i < kCount; ++i) {
    const v128_t even = wasm_v128_and(code[i], wasm_i16x8_splat(0xff));
    const v128_t odd = wasm_u16x8_shr(code[i], 8);
    sum = wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(even, EvenBytes(q[i])));
    sum = wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(odd, OddBytes(q[i])));
  }
#endif
  return sum;
}

// Codes in [-128, 127], activations in [-127, 127].
template <size_t kCount>
v128_t DotSigned(const v128_t* code, const v128_t* q) noexcept {
  v128_t sum = Zero();
  for (size_t i = 0; i < kCount; ++i) {
#if TENON_NATIVE_DOT
    // |code| is at most 128, read as unsigned; q takes over its sign.
    const v128_t pairs =
        _mm_maddubs_epi16(_mm_abs_epi8(code[i]), _mm_sign_epi8(q[i], code[i]));
    sum = _mm_add_epi32(sum, _mm_madd_epi16(pairs, _mm_set1_epi16(1)));
#else
    // -128 has no place among seven bits and a sign: no relaxed dot here.
    sum = wasm_i32x4_add(
        sum, wasm_i32x4_dot_i16x8(EvenBytes(code[i]), EvenBytes(q[i])));
    sum = wasm_i32x4_add(
        sum, wasm_i32x4_dot_i16x8(OddBytes(code[i]), OddBytes(q[i])));
#endif
  }
  return sum;
}

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_DOT_H_
