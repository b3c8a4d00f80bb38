#include "backend_simd128/functions.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "backend_simd128/halves.h"
#include "tenon/dtype.h"

namespace tenon::simd128 {
namespace {

// Floats of every magnitude and both signs: subnormals, infinities and NaN,
// too, and densely where the functions change.
std::vector<float> ManyFloats() {
  std::vector<float> x;
  for (uint64_t bits = 0; bits < uint64_t{1} << 32; bits += 40009)
    x.push_back(std::bit_cast<float>(static_cast<uint32_t>(bits)));
  for (const uint32_t bits :
       {0x00000000u, 0x80000000u, 0x7f800000u, 0xff800000u, 0x7fc00000u,
        0x00800000u, 0x007fffffu, 0x3f3504f3u, 0x3f3504f2u, 0x41a00000u,
        0x41a00001u, 0x42b0c09cu, 0x42b0c09du, 0xc2aeac4fu, 0xc2aeac50u})
    x.push_back(std::bit_cast<float>(bits));
  for (int i = -4000; i <= 4000; ++i)
    x.push_back(static_cast<float>(i) / 40.0f);
  return x;
}

void ExpectSame(v128_t (*vector)(v128_t), float (*scalar)(float)) {
  const std::vector<float> x = ManyFloats();
  for (size_t i = 0; i + kLanes <= x.size(); i += kLanes) {
    float y[kLanes];
    Store(y, vector(Load(&x[i])));
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const float expected = scalar(x[i + lane]);
      if (expected != expected) {
        ASSERT_NE(y[lane], y[lane]) << x[i + lane];
      } else {
        ASSERT_EQ(std::bit_cast<uint32_t>(y[lane]),
                  std::bit_cast<uint32_t>(expected))
            << "of " << x[i + lane] << ": " << y[lane] << ", not " << expected;
      }
    }
  }
}

TEST(Functions, HaveTheBitsOfMath) {
  ExpectSame(simd128::Exp, tenon::Exp);
  ExpectSame(simd128::Log, tenon::Log);
  ExpectSame(simd128::Sigmoid, tenon::Sigmoid);
  ExpectSame(simd128::Silu, tenon::Silu);
  ExpectSame(simd128::Softplus, tenon::Softplus);
}

// A signalling NaN becomes a quiet one, as in any arithmetic.
uint32_t QuietBits(float x) {
  return std::bit_cast<uint32_t>(x) | (std::isnan(x) ? 1u << 22 : 0);
}

void ExpectFloatsOfAllHalves(EightLanes (*load)(const std::byte*)) {
  for (uint32_t first = 0; first < 0x10000; first += 8) {
    uint16_t halves[8];
    for (uint32_t i = 0; i < 8; ++i)
      halves[i] = static_cast<uint16_t>(first + i);
    float y[8];
    const auto eight = load(reinterpret_cast<std::byte*>(halves));
    Store(y, eight.quad[0]);
    Store(y + kLanes, eight.quad[1]);
    for (size_t i = 0; i < 8; ++i)
      ASSERT_EQ(std::bit_cast<uint32_t>(y[i]),
                QuietBits(HalfToFloat(halves[i])))
          << halves[i];
  }
}

TEST(Halves, BecomeTheSameFloats) { ExpectFloatsOfAllHalves(LoadHalves8); }

TEST(SmallHalves, BecomeTheSameFloats) {
  ExpectFloatsOfAllHalves(LoadSmallHalves8);
}

TEST(Floats, BecomeTheSameHalves) {
  std::vector<float> x = ManyFloats();
  for (uint32_t half = 0; half < 0x7c00; ++half) {
    const float value = HalfToFloat(static_cast<uint16_t>(half));
    const float next = HalfToFloat(static_cast<uint16_t>(half + 1));
    x.insert(x.end(), {value, -value, (value + next) / 2, -(value + next) / 2});
  }
  for (size_t i = 0; i + kLanes <= x.size(); i += kLanes) {
    uint32_t y[kLanes];
    Store(y, FloatsToHalves(Load(&x[i])));
    for (size_t lane = 0; lane < kLanes; ++lane)
      ASSERT_EQ(y[lane], FloatToHalf(x[i + lane])) << x[i + lane];
  }
}

}  // namespace
}  // namespace tenon::simd128
