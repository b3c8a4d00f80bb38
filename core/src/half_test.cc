#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tenon/dtype.h"

namespace tenon {
namespace {

// From the definition of binary16, in double.
double ValueOf(uint16_t half) {
  const int exponent = half >> 10 & 31;
  const int fraction = half & 1023;
  const double magnitude = exponent == 0
                               ? std::ldexp(fraction, -24)
                               : std::ldexp(1024 + fraction, exponent - 25);
  return half & 0x8000 ? -magnitude : magnitude;
}

bool IsFinite(uint16_t half) { return (half & 0x7c00) != 0x7c00; }

TEST(Half, EveryPatternIsWidenedExactly) {
  for (uint32_t h = 0; h <= 0xffff; ++h) {
    const auto half = static_cast<uint16_t>(h);
    if (!IsFinite(half)) continue;
    const float value = HalfToFloat(half);
    ASSERT_EQ(value, ValueOf(half)) << h;
    ASSERT_EQ(std::signbit(value), h >> 15 == 1) << h;
  }
  EXPECT_EQ(HalfToFloat(0x7c00), std::numeric_limits<float>::infinity());
  EXPECT_EQ(HalfToFloat(0xfc00), -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(HalfToFloat(0x7c01)));
  EXPECT_TRUE(std::isnan(HalfToFloat(0xffff)));
}

TEST(Half, EveryPatternSurvivesTheRoundTrip) {
  for (uint32_t h = 0; h <= 0xffff; ++h) {
    const auto half = static_cast<uint16_t>(h);
    const uint16_t back = FloatToHalf(HalfToFloat(half));
    // A NaN stays a NaN of its sign, but becomes quiet.
    const bool is_nan = !IsFinite(half) && (half & 1023) != 0;
    ASSERT_EQ(back, is_nan ? half | 0x0200 : half) << h;
  }
}

// The nearest half by exhaustion of the two neighbours; a tie goes to the
// even one.  65536 stands for infinity, as IEEE 754 rounds it.
uint16_t NearestHalf(float value, uint16_t below) {
  const auto above = static_cast<uint16_t>(below + 1);
  const double high = IsFinite(above) ? ValueOf(above) : 65536.0;
  const double to_below = value - ValueOf(below);
  const double to_above = high - value;
  if (to_below != to_above) return to_below < to_above ? below : above;
  return below % 2 == 0 ? below : above;
}

TEST(Half, RoundsToNearestEvenBetweenAllNeighbours) {
  for (uint16_t below = 0; below < 0x7c00; ++below) {
    const auto above = static_cast<uint16_t>(below + 1);
    const double low = ValueOf(below);
    const double high = IsFinite(above) ? ValueOf(above) : 65536.0;
    for (const double part : {0.001, 0.25, 0.499, 0.5, 0.501, 0.75, 0.999}) {
      const auto value = static_cast<float>(low + part * (high - low));
      ASSERT_EQ(FloatToHalf(value), NearestHalf(value, below)) << value;
      ASSERT_EQ(FloatToHalf(-value), NearestHalf(value, below) | 0x8000);
    }
  }
}

TEST(Half, LeavesItsRange) {
  EXPECT_EQ(FloatToHalf(65504.0f), 0x7bff);
  EXPECT_EQ(FloatToHalf(65519.996f), 0x7bff);
  EXPECT_EQ(FloatToHalf(65520.0f), 0x7c00);
  EXPECT_EQ(FloatToHalf(-1e30f), 0xfc00);
  EXPECT_EQ(FloatToHalf(0x1p-25f), 0x0000);  // a tie, to even
  EXPECT_EQ(FloatToHalf(0x1.8p-25f), 0x0001);
  EXPECT_EQ(FloatToHalf(-1e-30f), 0x8000);
  EXPECT_EQ(FloatToHalf(std::numeric_limits<float>::quiet_NaN()) & 0x7e00,
            0x7e00);
}

}  // namespace
}  // namespace tenon
