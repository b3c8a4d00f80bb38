#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "backend_scalar/kernel_case.h"

namespace tenon::scalar {
namespace {

using testing::ElementsAre;

// mean of squares 4: the rows are halved, then weighted.
TEST(RmsNorm, DividesByTheRootOfTheMeanSquare) {
  static constexpr NormAttrs kAttrs{.width = 4, .eps = 0};
  const float weight[] = {1, 2, -1, 10};
  KernelCase norm(OpKind::kRmsNorm, {.tokens = 2, .outputs = 1});
  norm.Input(4, {2, 2, 2, -2, 0, 4, 0, 0}).Weight(1, 4, weight).With(kAttrs);
  EXPECT_THAT(norm.Run(4), ElementsAre(1, 2, -1, -10, 0, 4, 0, 0));
}

// mean of squares 12, eps 4: divided by 4.
TEST(RmsNorm, AddsEpsilonToTheMean) {
  static constexpr NormAttrs kAttrs{.width = 4, .eps = 4};
  const float weight[] = {1, 1, 1, 1};
  KernelCase norm(OpKind::kRmsNorm, {.tokens = 1, .outputs = 1});
  norm.Input(4, {4, 4, 4, 0}).Weight(1, 4, weight).With(kAttrs);
  EXPECT_THAT(norm.Run(4), ElementsAre(1, 1, 1, 0));
}

TEST(RmsNorm, NormsEachHeadAlone) {
  static constexpr NormAttrs kAttrs{.width = 2, .eps = 0};
  const uint16_t weight[] = {0x3f80, 0x4000};  // 1, 2 in BF16
  KernelCase norm(OpKind::kRmsNorm, {.tokens = 2, .outputs = 1});
  norm.Input(4, {3, 3, 5, -5, 7, 7, 0.5f, 0.5f})
      .Weight(DType::kBF16, 1, 2, std::as_bytes(std::span(weight)))
      .With(kAttrs);
  EXPECT_THAT(norm.Run(4), ElementsAre(1, 2, 1, -2, 1, 2, 1, 2));
  EXPECT_EQ(norm.items(), 4u);
}

// Longer than what is decoded at a time, and no multiple of it.
TEST(RmsNorm, HandlesWideRows) {
  static constexpr NormAttrs kAttrs{.width = 777, .eps = 1e-5f};
  std::vector<float> x(777), weight(777);
  double squares = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<float>(i % 13) - 5.5f;
    weight[i] = static_cast<float>(i) / 100.0f;
    squares += double{x[i]} * x[i];
  }
  KernelCase norm(OpKind::kRmsNorm, {.tokens = 1, .outputs = 1});
  norm.Input(777, x).Weight(1, 777, weight).With(kAttrs);
  const std::vector<float> y = norm.Run(777);
  for (size_t i = 0; i < y.size(); ++i) {
    const double want = x[i] / std::sqrt(squares / 777 + 1e-5) * weight[i];
    ASSERT_NEAR(y[i], want, 1e-6 * std::abs(want)) << i;
  }
}

// 3-4-5: unit length, head by head.
TEST(L2Norm, DividesByTheLength) {
  static constexpr NormAttrs kAttrs{.width = 2, .eps = 1e-6f};
  KernelCase norm(OpKind::kL2Norm, {.tokens = 1, .outputs = 1});
  norm.Input(4, {3, 4, 0, -2}).With(kAttrs);
  EXPECT_THAT(norm.Run(4), testing::Pointwise(testing::FloatNear(1e-7f),
                                              {0.6f, 0.8f, 0.0f, -1.0f}));
}

// The length is at least eps; it is not added to the squares, where 0.5 would
// give 1 / sqrt(1.5).
TEST(L2Norm, EpsilonIsTheLeastLength) {
  static constexpr NormAttrs kAttrs{.width = 2, .eps = 0.5f};
  KernelCase norm(OpKind::kL2Norm, {.tokens = 1, .outputs = 1});
  norm.Input(6, {0, 0, 0.25f, 0, 1, 0}).With(kAttrs);
  EXPECT_THAT(norm.Run(6), ElementsAre(0, 0, 0.5f, 0, 1, 0));
}

// silu(1) = 0.7310586; the gate comes after the norm, and it is SiLU, not
// sigmoid: a gate of 2 gives 1.7615942, of 0 gives 0.
TEST(GatedRmsNorm, GatesWhatWasNormed) {
  static constexpr NormAttrs kAttrs{.width = 2, .eps = 0};
  const float weight[] = {1, 3};
  KernelCase norm(OpKind::kGatedRmsNorm, {.tokens = 1, .outputs = 1});
  norm.Input(4, {4, 4, 5, -5}).Input(4, {1, 0, 2, 2}).Weight(1, 2, weight);
  norm.With(kAttrs);
  EXPECT_THAT(norm.Run(4),
              testing::Pointwise(testing::FloatNear(1e-6f),
                                 {0.7310586f, 0.0f, 1.7615942f, -5.2847826f}));
}

TEST(ScaleAndOffset, WorkColumnByColumn) {
  const float weight[] = {2, -1};
  KernelCase scale(OpKind::kScale, {.tokens = 2, .outputs = 1});
  scale.Input(2, {1, 2, 3, 4}).Weight(1, 2, weight);
  EXPECT_THAT(scale.Run(2), ElementsAre(2, -2, 6, -4));
  KernelCase offset(OpKind::kOffset, {.tokens = 2, .outputs = 1});
  offset.Input(2, {1, 2, 3, 4}).Weight(1, 2, weight);
  EXPECT_THAT(offset.Run(2), ElementsAre(3, 1, 5, 3));
}

}  // namespace
}  // namespace tenon::scalar
