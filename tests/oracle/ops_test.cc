// Expected values were computed with numpy in another program.
#include "oracle/ops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace tenon::oracle {
namespace {

using testing::DoubleNear;
using testing::Pointwise;

MATCHER_P(IsNear, expected, "") {
  return testing::ExplainMatchResult(
      Pointwise(DoubleNear(1e-12), Vector(expected)), arg, result_listener);
}

TEST(Linear, MultipliesRowsAndAddsTheBias) {
  const Matrix w{2, 3, {1, 2, 3, 4, 5, 6}};
  EXPECT_THAT(Linear(w, Vector{1, 10, 100}), IsNear(Vector{321, 654}));
  EXPECT_THAT(Linear(w, Vector{1, 10, 100}, Vector{1, -1}),
              IsNear(Vector{322, 653}));
}

TEST(RmsNorm, NormalisesEachRun) {
  EXPECT_THAT(RmsNorm(Vector{3, -4, 3, -4}, Vector{1, 2}, 0.5),
              IsNear(Vector{0.8320502943378437, -2.2188007849009166,
                            0.8320502943378437, -2.2188007849009166}));
}

TEST(L2Norm, DividesEachRunByItsLengthOrEps) {
  EXPECT_THAT(L2Norm(Vector{3, -4, 0.1, 0.2}, 2, 0.5),
              IsNear(Vector{0.6, -0.8, 0.2, 0.4}));
}

TEST(Softplus, DoesNotOverflow) {
  EXPECT_NEAR(Softplus(-3), 0.04858735157374206, 1e-12);
  EXPECT_NEAR(Softplus(0.5), 0.9740769841801067, 1e-12);
  EXPECT_EQ(Softplus(1000), 1000);
}

TEST(Sigmoid, HasValues) {
  EXPECT_NEAR(Sigmoid(-3), 0.04742587317756678, 1e-12);
  EXPECT_NEAR(Sigmoid(0.5), 0.6224593312018546, 1e-12);
}

TEST(SwiGlu, GatesWithSilu) {
  EXPECT_THAT(SwiGlu(Vector{-3, 0.5, 10}, Vector{1, 2, -1}),
              IsNear(Vector{-0.14227761953270024, 2 * 0.3112296656009273,
                            -9.999546021312975}));
}

TEST(RopeAngles, SlowsDownFromPairToPair) {
  const Rotation r = RopeAngles({.n_rot = 8, .base = 100}, 7);
  EXPECT_THAT(r.cosines,
              IsNear(Vector{0.7539022543433047, -0.5994373929764006,
                            0.7648421872844886, 0.9755998784081763}));
  EXPECT_THAT(r.sines, IsNear(Vector{0.6569865987187891, 0.8004216463225219,
                                     0.644217687237691, 0.21955609135241924}));
}

TEST(RopeAngles, DividesByFactorsAndStretchesAll) {
  const Rotation r = RopeAngles({.n_rot = 8,
                                 .base = 100,
                                 .factors = {1, 2, 4, 8},
                                 .stretch = Stretch::kLinear,
                                 .stretch_factor = 4},
                                7);
  EXPECT_THAT(r.cosines,
              IsNear(Vector{-0.1782460556494921, 0.9619623698749092,
                            0.9990431213917299, 0.9999760743141571}));
  EXPECT_THAT(r.sines, IsNear(Vector{0.9839859468739369, 0.27318198869004623,
                                     0.04373604462991031, 0.0069174272130269}));
}

TEST(RopeAngles, YarnStretchesSlowPairs) {
  const RopeShape shape{.n_rot = 32,
                        .stretch = Stretch::kYarn,
                        .stretch_factor = 4,
                        .original_context = 64};
  const Rotation r = RopeAngles(shape, 50);
  EXPECT_THAT(
      r.cosines,
      IsNear(Vector{1.0987387248892007, 0.3770994024634266, 0.08236195811759178,
                    0.2014723156327004, -0.4738370378374606, 0.8687213254926421,
                    1.0508262693020318, 1.110614897659392, 1.1297454703489616,
                    1.1358175766723175, 1.13773999768637, 1.1383481459422684,
                    1.1385404818455607, 1.1386013060525897, 1.138620540581102,
                    1.1386266230956246}));
  EXPECT_NEAR(r.sines[4], 1.0353528163646086, 1e-12);
}

TEST(YarnBand, IsRoundedOutwardsAndKeptInside) {
  const YarnBand real = FindYarnBand({.n_rot = 64, .original_context = 8192});
  EXPECT_EQ(real.low, 12);
  EXPECT_EQ(real.high, 25);
  EXPECT_EQ(FindYarnBand({.n_rot = 32, .original_context = 64}).low, 0);
}

TEST(Rope, RotatesPairsAndCopiesTheRest) {
  const Vector x{1, 2, 3, 4, 5, 6};
  const Rotation r{{2 * std::cos(0.5), 2 * std::cos(1.0)},
                   {2 * std::sin(0.5), 2 * std::sin(1.0)}};
  EXPECT_THAT(Rope(x, 6, /*adjacent=*/true, r),
              IsNear(Vector{-0.16253703063606673, 4.469181324769896,
                            -3.4899540432543343, 9.371244355792495, 5, 6}));
  EXPECT_THAT(Rope(x, 6, /*adjacent=*/false, r),
              IsNear(Vector{-1.1213881078444725, -4.570558654990613,
                            6.224346448550641, 7.688302386176703, 5, 6}));
}

class AttentionOf3Positions : public testing::Test {
 protected:
  AttentionShape shape_{4, 2, 2, 0.7, 0};
  Vector q_{1, -1, 0.5, 2, 2, 0.25, -1, 1};
  std::vector<Vector> keys_{{1, 0, 0, 1}, {.5, .5, -1, 2}, {2, -1, 1, 1}};
  std::vector<Vector> values_{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, -10, 11, 12}};
};

TEST_F(AttentionOf3Positions, SharesKeyHeads) {
  EXPECT_THAT(
      Attention(shape_, q_, keys_, values_),
      IsNear(Vector{7.201237849024109, -6.407396199893489, 4.144766506546612,
                    2.842844780940037, 9.28470678360192, 10.28470678360192,
                    6.637295268697659, 7.637295268697659}));
}

TEST_F(AttentionOf3Positions, SeesOnlyItsWindow) {
  shape_.window = 2;
  EXPECT_THAT(
      Attention(shape_, q_, keys_, values_),
      IsNear(Vector{8.563612715217548, -8.254450860870193, 5.6860190799016035,
                    3.2559236803935856, 10.729813235441483, 11.729813235441483,
                    7.436387284782453, 8.436387284782452}));
}

TEST(Route, TakesTheLikeliestAndEqualOnesInOrder) {
  const Choice choice = Route(Vector{0.3, 2, -1, 2, 1}, 3);
  EXPECT_THAT(choice.experts, testing::ElementsAre(1, 3, 4));
  EXPECT_THAT(choice.weights,
              IsNear(Vector{0.4223187982515182, 0.4223187982515182,
                            0.15536240349696361}));
}

TEST(LogSumExp, DoesNotOverflow) {
  EXPECT_NEAR(LogSumExp(Vector{1000, 1000}), 1000.6931471805599, 1e-12);
}

}  // namespace
}  // namespace tenon::oracle
