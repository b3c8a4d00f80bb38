// Sums of products of integers, four rows at a time.  Byte 4 r + i of a vector
// of codes belongs to row r, and byte i of every lane of the activations with
// it is the same column's.  Lane r of a sum belongs to row r, so sums never
// cross lanes:
//   Dot         sum[r] = the products of row r, over a number of vectors
//   AddScaled   sum[r] + scale[r] * the same; |scale| <= 128
// Activations are in [-127, 127], codes in [0, kMaxCode] or signed.  Sums of
// integers are exact, so every body below gives the same bits.
//
// Codes without a sign are multiplied two columns at a time into 16 bits, which
// has three bodies: the relaxed dot product of WebAssembly, whose second
// operand has seven bits; plain SIMD128; and SSSE3 where SIMDe runs on x86.
// Where HasQuads(), codes are multiplied four columns at a time instead.
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

// How codes are multiplied with activations.
enum class By {
  kPairs,  // two columns at a time, on every engine
  kQuads,  // four, into 32 bits: where HasQuads()
};

// 32 activations: vector j holds columns 4 j ... 4 j + 3 in every lane.
class Activations {
 public:
  TENON_INLINE explicit Activations(const int8_t* q) noexcept
      : half_{Load(q), Load(q + 16)} {}
  TENON_INLINE v128_t operator()(size_t j) const noexcept {
    const v128_t x = half_[j / 4];
    switch (j % 4) {
      case 0:
        return wasm_i32x4_shuffle(x, x, 0, 0, 0, 0);
      case 1:
        return wasm_i32x4_shuffle(x, x, 1, 1, 1, 1);
      case 2:
        return wasm_i32x4_shuffle(x, x, 2, 2, 2, 2);
      default:
        return wasm_i32x4_shuffle(x, x, 3, 3, 3, 3);
    }
  }

 private:
  v128_t half_[2];
};

#if !TENON_NATIVE_DOT
// Even and odd bytes, as 16-bit lanes.
TENON_INLINE v128_t EvenBytes(v128_t x) noexcept {
  return wasm_i16x8_shr(wasm_i16x8_shl(x, 8), 8);
}
TENON_INLINE v128_t OddBytes(v128_t x) noexcept { return wasm_i16x8_shr(x, 8); }
#endif

// Of codes that may be negative, in [-128, 127].
inline constexpr int kSigned = -1;

TENON_INLINE v128_t AddDot16(v128_t sum, v128_t a, v128_t b) noexcept {
  return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(a, b));
}

// Sums of two neighbouring products, in 16 bits: code in [0, 127].
TENON_INLINE v128_t SumPairs(v128_t code, v128_t q) noexcept {
#if TENON_NATIVE_DOT
  return _mm_maddubs_epi16(code, q);
#elif defined(TENON_RELAXED_SIMD)
  return wasm_i16x8_relaxed_dot_i8x16_i7x16(q, code);
#else
  return wasm_i16x8_add(
      wasm_i16x8_mul(wasm_v128_and(code, wasm_i16x8_splat(0xff)), EvenBytes(q)),
      wasm_i16x8_mul(wasm_u16x8_shr(code, 8), OddBytes(q)));
#endif
}

#if defined(TENON_RELAXED_SIMD)
// sum[r] + the products of one vector: code in [0, 127]; see HasQuads()
TENON_INLINE v128_t AddQuads(v128_t sum, v128_t code, v128_t q) noexcept {
  return wasm_i32x4_relaxed_dot_i8x16_i7x16_add(q, code, sum);
}
#else
v128_t AddQuads(v128_t sum, v128_t code, v128_t q) noexcept;  // nowhere
#endif

// sum[r] + scale[r] * the products of one vector
TENON_INLINE v128_t AddSigned(v128_t sum, v128_t code, v128_t q,
                              v128_t scale) noexcept {
#if TENON_NATIVE_DOT
  // |code| <= 128 is read as unsigned.
  const v128_t pairs =
      _mm_maddubs_epi16(_mm_abs_epi8(code), _mm_sign_epi8(q, code));
  return AddDot16(sum, pairs, scale);
#else
  // -128 has no place among seven bits and a sign: no relaxed dot here.
  const v128_t even = wasm_i32x4_dot_i16x8(EvenBytes(code), EvenBytes(q));
  const v128_t odd = wasm_i32x4_dot_i16x8(OddBytes(code), OddBytes(q));
  return wasm_i32x4_add(sum, wasm_i32x4_mul(wasm_i32x4_add(even, odd),
                                            wasm_i32x4_shr(scale, 16)));
#endif
}

// Columns 4 * kFirst ... 4 * kLast of four rows.  code(j), q(j): vector j.
// `scale`: a small factor per row, in both halves of its lane.
template <int kMaxCode, size_t kFirst, size_t kLast, typename Code, typename Q>
TENON_INLINE v128_t AddScaled(v128_t sum, const Code& code, const Q& q,
                              v128_t scale) noexcept {
  if constexpr (kMaxCode == kSigned) {
    for (size_t j = kFirst; j < kLast; ++j)
      sum = AddSigned(sum, code(j), q(j), scale);
  } else {
    // So many sums of two products fit into 16 bits.
    constexpr size_t kRun = 32767 / (2 * 127 * kMaxCode);
    v128_t pairs = Zero();
    for (size_t j = kFirst; j < kLast; ++j) {
      const v128_t two = SumPairs(code(j), q(j));
      const size_t i = (j - kFirst) % kRun;
      pairs = i == 0 ? two : wasm_i16x8_add(pairs, two);
      if (i == kRun - 1 || j == kLast - 1) sum = AddDot16(sum, pairs, scale);
    }
  }
  return sum;
}

template <int kMaxCode, size_t kCount>
TENON_INLINE v128_t Dot(const v128_t* code, const v128_t* q) noexcept {
  return AddScaled<kMaxCode, 0, kCount>(
      Zero(), [code](size_t j) { return code[j]; },
      [q](size_t j) { return q[j]; }, wasm_i16x8_splat(1));
}

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_DOT_H_
