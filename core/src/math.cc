#include "tenon/math.h"

#include <limits>

namespace tenon {
namespace {

// log(1 + f) - f + f^2 / 2 for sqrt(1/2) <= 1 + f < sqrt(2); the coefficients
// are those of logf in the Cephes library (Moshier).
float LogTail(float f) noexcept {
  float p = 7.0376836292e-2f;
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  return p * f * (f * f);
}

}  // namespace

float Log(float x) noexcept {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if (x < std::numeric_limits<float>::min()) return -kInfinity;
  if (!(x < kInfinity)) return x;
  // x = 2^n (1 + f); the fraction's bits from sqrt(1/2) on count up to n.
  constexpr uint32_t kSqrtHalf = 0x3f3504f3u;
  const uint32_t bits = std::bit_cast<uint32_t>(x) - kSqrtHalf;
  const float n = static_cast<float>(static_cast<int32_t>(bits) >> 23);
  const float f = std::bit_cast<float>((bits & 0x7fffffu) + kSqrtHalf) - 1.0f;
  // n ln 2 in two parts, the small one first (Cody and Waite).
  const float tail = LogTail(f) + n * -2.12194440e-4f - 0.5f * (f * f);
  return (f + tail) + n * 0.693359375f;
}

}  // namespace tenon
