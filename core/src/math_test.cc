#include "tenon/math.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace tenon {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// The distance from `want` in units of the float spacing there.
double UlpError(float got, double want) {
  const int exponent = std::max(std::ilogb(want), -126);
  return std::abs(got - want) / std::ldexp(1.0, exponent - 23);
}

TEST(Exp, IsWithinTwoUlpOnADenseGrid) {
  double worst = 0;
  for (float x = -87.33f; x < 88.37f; x += 1.0f / 8192)
    worst = std::max(worst, UlpError(Exp(x), std::exp(double{x})));
  for (float x = 1e-30f; x < 1.0f; x *= 1.0009f)
    for (const float y : {x, -x})
      worst = std::max(worst, UlpError(Exp(y), std::exp(double{y})));
  EXPECT_LT(worst, 2.0);
  RecordProperty("worst", std::to_string(worst));
}

TEST(Exp, Ends) {
  EXPECT_EQ(Exp(0.0f), 1.0f);
  EXPECT_EQ(Exp(-0.0f), 1.0f);
  EXPECT_EQ(Exp(-88.0f), 0.0f);
  EXPECT_EQ(Exp(-kInfinity), 0.0f);
  EXPECT_EQ(Exp(88.4f), kInfinity);
  EXPECT_EQ(Exp(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(Exp(kNan)));
}

TEST(Log, IsWithinTwoUlpAroundOne) {
  double worst = 0;
  for (uint32_t bits = 0x3f000000; bits < 0x40000000; bits += 7) {
    const float x = std::bit_cast<float>(bits);
    if (x == 1.0f) continue;
    worst = std::max(worst, UlpError(Log(x), std::log(double{x})));
  }
  EXPECT_LT(worst, 2.0);
  RecordProperty("worst", std::to_string(worst));
}

TEST(Log, IsWithinTwoUlpOnAllExponents) {
  double worst = 0;
  for (uint32_t bits = 0x00800000; bits < 0x7f800000; bits += 1009) {
    const float x = std::bit_cast<float>(bits);
    if (x == 1.0f) continue;
    worst = std::max(worst, UlpError(Log(x), std::log(double{x})));
  }
  EXPECT_LT(worst, 2.0);
  RecordProperty("worst", std::to_string(worst));
}

TEST(Log, Ends) {
  EXPECT_EQ(Log(1.0f), 0.0f);
  EXPECT_EQ(Log(0.0f), -kInfinity);
  EXPECT_EQ(Log(-1.0f), -kInfinity);
  EXPECT_EQ(Log(1e-40f), -kInfinity);
  EXPECT_EQ(Log(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(Log(kNan)));
}

TEST(LaneSum, FoldsTheUpperHalfOntoTheLower) {
  // Rounding shows the order: 1 is lost beside 2^24 unless lane 8 meets lane 0
  // first, and lane 0 then loses the ones of lanes 4 and 2.
  LaneSum sum;
  sum.lane[0] = 0x1p24f;
  sum.lane[8] = -0x1p24f;
  sum.lane[4] = 1.0f;
  sum.lane[2] = 0x1p24f;
  EXPECT_EQ(sum.Fold(), 0x1p24f);  // ((0 + 1) + 2^24): the 1 is lost
  LaneSum kept;
  kept.lane[0] = 0x1p24f;
  kept.lane[8] = -0x1p24f;
  kept.lane[1] = 1.0f;
  EXPECT_EQ(kept.Fold(), 1.0f);
}

TEST(Dot, StripesItsInputOverSixteenLanes) {
  std::vector<float> a(37, 0.0f);
  const std::vector<float> ones(37, 1.0f);
  a[0] = 0x1p24f;
  a[16] = 1.0f;      // the same lane: lost
  a[32] = -0x1p24f;  // the short last run
  a[1] = 3.0f;
  EXPECT_EQ(Dot(a.data(), ones.data(), a.size()), 3.0f);
}

TEST(Dot, MayComeInPieces) {
  std::vector<float> a(53), b(53);
  for (size_t i = 0; i < a.size(); ++i) {
    a[i] = 1.0f / static_cast<float>(i + 1);
    b[i] = static_cast<float>(i % 7) - 2.9f;
  }
  LaneSum sum;
  AddProducts(sum, a.data(), b.data(), 32);
  AddProducts(sum, a.data() + 32, b.data() + 32, 21);
  EXPECT_EQ(sum.Fold(), Dot(a.data(), b.data(), 53));
}

TEST(Silu, HandlesTheEnds) {
  EXPECT_EQ(Silu(0.0f), 0.0f);
  EXPECT_EQ(Silu(100.0f), 100.0f);
  EXPECT_EQ(Silu(-100.0f), 0.0f);  // -100 / infinity is -0
  EXPECT_NEAR(Silu(1.0f), 0.7310585786, 1e-7);
  EXPECT_NEAR(Sigmoid(-2.0f), 0.1192029220, 1e-8);
}

}  // namespace
}  // namespace tenon
