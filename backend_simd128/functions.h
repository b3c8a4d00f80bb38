// The functions of math.h on four lanes: the same operations in the same order.
#ifndef BACKEND_SIMD128_FUNCTIONS_H_
#define BACKEND_SIMD128_FUNCTIONS_H_

#include "backend_simd128/simd.h"

namespace tenon::simd128 {

// a * b + c, rounded twice.
inline v128_t MulAdd(v128_t a, v128_t b, v128_t c) noexcept {
  return wasm_f32x4_add(wasm_f32x4_mul(a, b), c);
}

// The polynomial with these coefficients, the highest first.
template <size_t kCount>
v128_t Polynomial(v128_t x, const float (&coefficient)[kCount]) noexcept {
  v128_t p = Splat(coefficient[0]);
  for (size_t i = 1; i < kCount; ++i) p = MulAdd(p, x, Splat(coefficient[i]));
  return p;
}

inline v128_t Exp(v128_t x) noexcept {
  const v128_t shift = Splat(12582912.0f);
  const v128_t shifted = MulAdd(x, Splat(1.44269504f), shift);
  const v128_t n = wasm_f32x4_sub(shifted, shift);
  const v128_t r =
      wasm_f32x4_sub(wasm_f32x4_sub(x, wasm_f32x4_mul(n, Splat(0.693359375f))),
                     wasm_f32x4_mul(n, Splat(-2.12194440e-4f)));
  const v128_t p =
      Polynomial(r, {1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f,
                     4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f});
  const v128_t er =
      wasm_f32x4_add(MulAdd(p, wasm_f32x4_mul(r, r), r), Splat(1.0f));
  // The low bits of `shifted` are n; those above fall off.
  const v128_t scale =
      wasm_i32x4_add(wasm_i32x4_shl(shifted, 23), SplatBits(127u << 23));
  v128_t y = wasm_f32x4_mul(er, scale);
  y = Select(wasm_f32x4_gt(x, Splat(88.3762f)), SplatBits(0x7f800000u), y);
  y = wasm_v128_and(y, wasm_f32x4_gt(x, Splat(-87.33654f)));
  return Select(wasm_f32x4_ne(x, x), x, y);
}

inline v128_t Log(v128_t x) noexcept {
  const v128_t sqrt_half = SplatBits(0x3f3504f3u);
  const v128_t infinity = SplatBits(0x7f800000u);
  const v128_t bits = wasm_i32x4_sub(x, sqrt_half);
  const v128_t n = wasm_f32x4_convert_i32x4(wasm_i32x4_shr(bits, 23));
  const v128_t f = wasm_f32x4_sub(
      wasm_i32x4_add(wasm_v128_and(bits, SplatBits(0x7fffffu)), sqrt_half),
      Splat(1.0f));
  const v128_t p =
      Polynomial(f, {7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f,
                     -1.2420140846e-1f, 1.4249322787e-1f, -1.6668057665e-1f,
                     2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f});
  const v128_t ff = wasm_f32x4_mul(f, f);
  const v128_t log_tail = wasm_f32x4_mul(wasm_f32x4_mul(p, f), ff);
  const v128_t tail = wasm_f32x4_sub(
      wasm_f32x4_add(log_tail, wasm_f32x4_mul(n, Splat(-2.12194440e-4f))),
      wasm_f32x4_mul(Splat(0.5f), ff));
  v128_t y = wasm_f32x4_add(wasm_f32x4_add(f, tail),
                            wasm_f32x4_mul(n, Splat(0.693359375f)));
  y = Select(wasm_f32x4_lt(x, infinity), y, x);
  return Select(wasm_f32x4_lt(x, SplatBits(0x00800000u)),
                SplatBits(0xff800000u), y);
}

// 1 + e^-x
inline v128_t OnePlusExp(v128_t x) noexcept {
  return wasm_f32x4_add(Splat(1.0f), Exp(wasm_f32x4_neg(x)));
}

inline v128_t Sigmoid(v128_t x) noexcept {
  return wasm_f32x4_div(Splat(1.0f), OnePlusExp(x));
}
inline v128_t Silu(v128_t x) noexcept {
  return wasm_f32x4_div(x, OnePlusExp(x));
}
inline v128_t Softplus(v128_t x) noexcept {
  return Select(wasm_f32x4_gt(x, Splat(20.0f)), x,
                Log(wasm_f32x4_add(Splat(1.0f), Exp(x))));
}

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_FUNCTIONS_H_
