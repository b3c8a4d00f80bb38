#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend_scalar/kernel_case.h"

namespace tenon::scalar {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::Pointwise;

std::vector<float> Angles(const RopeAnglesAttrs& attrs, uint32_t position,
                          uint32_t tokens = 1) {
  KernelCase angles(OpKind::kRopeAngles,
                    {.tokens = tokens, .outputs = 1, .position = position});
  return angles.With(attrs).Run(attrs.n_rot);
}

// The expected numbers were computed in Python from the formula in op.h.

TEST(RopeAngles, OneRowPerPosition) {
  EXPECT_THAT(
      Angles({.n_rot = 8, .base = 1e4}, 5, 2),
      Pointwise(FloatNear(1e-7f),
                {0.283662185f, 0.877582562f, 0.998750260f, 0.999987500f,
                 -0.958924275f, 0.479425539f, 0.049979169f, 0.004999979f,
                 0.960170287f, 0.825335615f, 0.998200540f, 0.999982000f,
                 -0.279415498f, 0.564642473f, 0.059964006f, 0.005999964f}));
}

TEST(RopeAngles, StayExactFarOut) {
  EXPECT_THAT(
      Angles({.n_rot = 8, .base = 5e5}, 100000),
      Pointwise(FloatNear(1e-7f),
                {-0.999360807f, -0.993199823f, -0.998765864f, 0.569507783f,
                 0.035748798f, -0.116422123f, -0.049666384f, -0.821985940f}));
}

TEST(RopeAngles, FactorsDivide) {
  static constexpr RopeAnglesAttrs kAttrs{.n_rot = 8, .base = 1e4};
  const float factors[] = {1, 1, 4, 8};
  KernelCase angles(OpKind::kRopeAngles,
                    {.tokens = 1, .outputs = 1, .position = 5});
  angles.With(kAttrs).Weight(1, 4, factors);
  EXPECT_THAT(
      angles.Run(8),
      Pointwise(FloatNear(1e-7f),
                {0.283662185f, 0.877582562f, 0.999921876f, 0.999999805f,
                 -0.958924275f, 0.479425539f, 0.012499674f, 0.000625000f}));
}

TEST(RopeAngles, LinearScaleStretchesAll) {
  EXPECT_THAT(
      Angles({.n_rot = 8, .base = 1e4, .scale = 0.25}, 5),
      Pointwise(FloatNear(1e-7f),
                {0.315322362f, 0.992197667f, 0.999921876f, 0.999999219f,
                 0.948984619f, 0.124674733f, 0.012499674f, 0.001250000f}));
}

TEST(RopeAngles, YarnMixesBetweenLowAndHigh) {
  const RopeAnglesAttrs attrs{.n_rot = 8,
                              .base = 1e4,
                              .scale = 0.25,
                              .yarn_low = 1,
                              .yarn_high = 3,
                              .yarn = true,
                              .magnitude = 1.1};
  EXPECT_THAT(
      Angles(attrs, 5),
      Pointwise(FloatNear(1e-7f),
                {0.312028404f, 0.965340818f, 1.099462934f, 1.099999141f,
                 -1.054816702f, 0.527368092f, 0.034369405f, 0.001375000f}));
}

// Pair 0 turns by 90 degrees, (x, y) -> (-y, x); pair 1 by 180 degrees.
constexpr float kAngles[] = {0, -1, 1, 0};

TEST(Rope, RotatesAdjacentPairs) {
  static constexpr RopeAttrs kAttrs{
      .head_dim = 6, .n_rot = 4, .pairing = RopePairing::kAdjacent};
  KernelCase rope(OpKind::kRope, {.tokens = 1, .outputs = 1});
  rope.Input(6, {1, 2, 3, 4, 5, 6}).Input(4, kAngles).With(kAttrs);
  EXPECT_THAT(rope.Run(6), ElementsAre(-2, 1, -3, -4, 5, 6));
}

TEST(Rope, RotatesHalves) {
  static constexpr RopeAttrs kAttrs{
      .head_dim = 6, .n_rot = 4, .pairing = RopePairing::kHalves};
  KernelCase rope(OpKind::kRope, {.tokens = 1, .outputs = 1});
  rope.Input(6, {1, 2, 3, 4, 5, 6}).Input(4, kAngles).With(kAttrs);
  EXPECT_THAT(rope.Run(6), ElementsAre(-3, -2, 1, -4, 5, 6));
}

TEST(Rope, TurnsEveryHeadOfARowAlike) {
  static constexpr RopeAttrs kAttrs{
      .head_dim = 2, .n_rot = 2, .pairing = RopePairing::kHalves};
  KernelCase rope(OpKind::kRope, {.tokens = 2, .outputs = 1});
  rope.Input(4, {1, 2, 3, 4, 5, 6, 7, 8}).Input(2, {0, 1, -1, 0}).With(kAttrs);
  EXPECT_THAT(rope.Run(4), ElementsAre(-2, 1, -4, 3, -5, -6, -7, -8));
  EXPECT_EQ(rope.items(), 4u);
}

}  // namespace
}  // namespace tenon::scalar
