// Sums of f32 in the order of math.h, sixteen lanes in four vectors, and loops
// over rows of any length.
#ifndef BACKEND_SIMD128_LANES_H_
#define BACKEND_SIMD128_LANES_H_

#include <algorithm>

#include "backend_simd128/simd.h"
#include "tenon/math.h"

namespace tenon::simd128 {

// LaneSum of math.h.
struct Lanes16 {
  v128_t v[4] = {Zero(), Zero(), Zero(), Zero()};
};

inline void AddSixteen(Lanes16& sum, const float* a, const float* b) noexcept {
  for (size_t i = 0; i < 4; ++i)
    sum.v[i] = wasm_f32x4_add(sum.v[i],
                              wasm_f32x4_mul(Load(a + 4 * i), Load(b + 4 * i)));
}

// AddProducts() of math.h.  What is missing of the last sixteen is taken as
// zero: a lane that started at +0 never is -0, so adding +0 does not change it.
inline void AddProducts(Lanes16& sum, const float* a, const float* b,
                        size_t n) noexcept {
  size_t i = 0;
  for (; i + kSumLanes <= n; i += kSumLanes) AddSixteen(sum, a + i, b + i);
  if (i == n) return;
  float rest_a[kSumLanes] = {}, rest_b[kSumLanes] = {};
  std::copy(a + i, a + n, rest_a);
  std::copy(b + i, b + n, rest_b);
  AddSixteen(sum, rest_a, rest_b);
}

// 16 -> 8 -> 4
inline v128_t FoldToFour(const Lanes16& sum) noexcept {
  return wasm_f32x4_add(wasm_f32x4_add(sum.v[0], sum.v[2]),
                        wasm_f32x4_add(sum.v[1], sum.v[3]));
}

// 4 -> 2 -> 1
inline float FoldFour(v128_t x) noexcept {
  const v128_t two = wasm_f32x4_add(x, wasm_i32x4_shuffle(x, x, 2, 3, 2, 3));
  return wasm_f32x4_extract_lane(two, 0) + wasm_f32x4_extract_lane(two, 1);
}

inline float Fold(const Lanes16& sum) noexcept {
  return FoldFour(FoldToFour(sum));
}

// The FoldFour() of four vectors.
inline v128_t FoldEach(v128_t a, v128_t b, v128_t c, v128_t d) noexcept {
  const v128_t ab = wasm_f32x4_add(wasm_i32x4_shuffle(a, b, 0, 1, 4, 5),
                                   wasm_i32x4_shuffle(a, b, 2, 3, 6, 7));
  const v128_t cd = wasm_f32x4_add(wasm_i32x4_shuffle(c, d, 0, 1, 4, 5),
                                   wasm_i32x4_shuffle(c, d, 2, 3, 6, 7));
  return wasm_f32x4_add(wasm_i32x4_shuffle(ab, cd, 0, 2, 4, 6),
                        wasm_i32x4_shuffle(ab, cd, 1, 3, 5, 7));
}

// Dot() of math.h, before the last fold.
inline v128_t DotToFour(const float* a, const float* b, size_t n) noexcept {
  Lanes16 sum;
  AddProducts(sum, a, b, n);
  return FoldToFour(sum);
}

// Dot() of math.h.
inline float DotLanes(const float* a, const float* b, size_t n) noexcept {
  return FoldFour(DotToFour(a, b, n));
}

// Part of a vector: `n` < 4 numbers, and zeros.
inline v128_t LoadPart(const float* p, size_t n) noexcept {
  float part[kLanes] = {};
  std::copy_n(p, n, part);
  return Load(part);
}
inline void StorePart(float* p, size_t n, v128_t x) noexcept {
  float part[kLanes];
  Store(part, x);
  std::copy_n(part, n, p);
}

// y[i] = f(x[i])
template <typename F>
void Map(const float* x, float* y, size_t n, F f) noexcept {
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) Store(y + i, f(Load(x + i)));
  if (i < n) StorePart(y + i, n - i, f(LoadPart(x + i, n - i)));
}

// y[i] = f(a[i], b[i])
template <typename F>
void Zip(const float* a, const float* b, float* y, size_t n, F f) noexcept {
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    Store(y + i, f(Load(a + i), Load(b + i)));
  if (i < n)
    StorePart(y + i, n - i, f(LoadPart(a + i, n - i), LoadPart(b + i, n - i)));
}

// y += factor * x
inline void AddScaled(float* y, const float* x, float factor,
                      size_t n) noexcept {
  const v128_t f = Splat(factor);
  Zip(y, x, y, n, [f](v128_t a, v128_t b) {
    return wasm_f32x4_add(a, wasm_f32x4_mul(f, b));
  });
}

// y = x * factor
inline void ScaleRow(const float* x, float* y, float factor,
                     size_t n) noexcept {
  const v128_t f = Splat(factor);
  Map(x, y, n, [f](v128_t a) { return wasm_f32x4_mul(a, f); });
}

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_LANES_H_
