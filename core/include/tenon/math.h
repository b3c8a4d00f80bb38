// Arithmetic that gives the same bits on every target.
//
// The same text from every backend needs more than the same formulas: sums in
// the same order, and transcendental functions that are not the platform's.
// These use only +, -, *, / and bit operations on f32, so a vector unit can
// compute them lane by lane.  Build with -ffp-contract=off.
#ifndef TENON_MATH_H_
#define TENON_MATH_H_

#include <bit>
#include <cstddef>
#include <cstdint>

namespace tenon {

// How every backend sums f32: lane l adds elements l, l + 16, l + 32, … in
// ascending order; then lanes fold 16 -> 8 -> 4 -> 2 -> 1, adding the upper
// half to the lower.  A row whose length is no multiple of 16 leaves its last
// lanes one element short.
inline constexpr size_t kSumLanes = 16;

struct LaneSum {
  float lane[kSumLanes] = {};

  float Fold() noexcept {
    for (size_t half = kSumLanes / 2; half > 0; half /= 2)
      for (size_t l = 0; l < half; ++l) lane[l] += lane[l + half];
    return lane[0];
  }
};

// Adds a[i] * b[i] to the lanes.  A long sum may come in several calls if n is
// a multiple of kSumLanes in all but the last.
inline void AddProducts(LaneSum& sum, const float* a, const float* b,
                        size_t n) noexcept {
  LaneSum local = sum;  // not aliased by a and b: stays in registers
  size_t i = 0;
  for (; i + kSumLanes <= n; i += kSumLanes)
    for (size_t l = 0; l < kSumLanes; ++l) local.lane[l] += a[i + l] * b[i + l];
  for (size_t l = 0; i + l < n; ++l) local.lane[l] += a[i + l] * b[i + l];
  sum = local;
}

// sum of a[i] * b[i]
inline float Dot(const float* a, const float* b, size_t n) noexcept {
  LaneSum sum;
  AddProducts(sum, a, b, n);
  return sum.Fold();
}

// e^x within 2 ulp.  Below -87.3 the result is 0, above 88.3 it is infinity.
inline float Exp(float x) noexcept {
  if (!(x > -87.33654f)) return x != x ? x : 0.0f;
  if (x > 88.3762f) return std::bit_cast<float>(0x7f800000u);
  // x = n ln 2 + r with |r| <= ln 2 / 2; ln 2 in two parts (Cody and Waite).
  const float shifted = x * 1.44269504f + 12582912.0f;  // 1.5 * 2^23: rounds
  const float n = shifted - 12582912.0f;
  const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  // The Taylor terms of e^r - 1 - r, refitted to the interval (Cephes expf).
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  const float er = (p * (r * r) + r) + 1.0f;
  const int32_t exponent = static_cast<int32_t>(n);
  return er * std::bit_cast<float>((exponent + 127) << 23);
}

// Natural logarithm within 2 ulp.  Below the smallest normal number the result
// is -infinity.
float Log(float x) noexcept;

// log(1 + e^x), without overflow: x itself where 1 makes no difference.
inline float Softplus(float x) noexcept {
  return x > 20.0f ? x : Log(1.0f + Exp(x));
}

inline float Sigmoid(float x) noexcept { return 1.0f / (1.0f + Exp(-x)); }
inline float Silu(float x) noexcept { return x / (1.0f + Exp(-x)); }

}  // namespace tenon

#endif  // TENON_MATH_H_
