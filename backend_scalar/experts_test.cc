#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "backend_scalar/kernel_case.h"

namespace tenon::scalar {
namespace {

using testing::ElementsAre;
using testing::Pointwise;

constexpr RouteAttrs kTwoOfFour{4, 2};

// softmax(0, ln 3, ln 4, ln 2) = 0.1 0.3 0.4 0.2: experts 2 and 1, 4 : 3.
TEST(Route, ChoosesTheBestAndWeighsThemAmongThemselves) {
  KernelCase route(OpKind::kRoute, {.tokens = 1, .outputs = 1});
  route.Input(4, {0, std::log(3.0f), std::log(4.0f), std::log(2.0f)})
      .With(kTwoOfFour);
  EXPECT_THAT(route.Run(4), Pointwise(testing::FloatNear(1e-6f),
                                      {2.0f, 1.0f, 4.0f / 7, 3.0f / 7}));
}

TEST(Route, TheFirstOfEqualsWins) {
  KernelCase route(OpKind::kRoute, {.tokens = 2, .outputs = 1});
  route.Input(4, {1, 1, 1, 1, 0, 5, 5, 5}).With(kTwoOfFour);
  const auto out = route.Run(4);
  EXPECT_THAT(out, Pointwise(testing::FloatNear(1e-6f),
                             {0.0f, 1.0f, 0.5f, 0.5f, 1.0f, 2.0f, 0.5f, 0.5f}));
}

// Three experts of two rows over two columns; expert e's rows are e + 1 times
// (1, 0) and (0, 1).
constexpr RouteAttrs kTwoOfThree{3, 2};
constexpr float kExperts[] = {1, 0, 0, 1, 2, 0, 0, 2, 3, 0, 0, 3};

TEST(ExpertLinear, AppliesTheMatrixOfEachSlot) {
  KernelCase linear(OpKind::kExpertLinear, {.tokens = 2, .outputs = 1});
  linear.Input(2, {5, 7, 1, 2})
      .Input(4, {2, 0, 0.75f, 0.25f, 1, 2, 0.5f, 0.5f})
      .Weight(6, 2, kExperts)
      .With(kTwoOfThree);
  EXPECT_THAT(linear.Run(4), ElementsAre(15, 21, 5, 7, 2, 4, 3, 6));
  EXPECT_EQ(linear.items(), 2u);
}

TEST(ExpertSum, AddsTheSlotsByWeight) {
  KernelCase sum(OpKind::kExpertSum, {.tokens = 1, .outputs = 1});
  sum.Input(4, {4, 8, 100, 200})
      .Input(4, {2, 0, 0.75f, 0.25f})
      .Weight(6, 2, kExperts)
      .With(kTwoOfThree);
  // 0.75 * 3 * (4, 8) + 0.25 * 1 * (100, 200)
  EXPECT_THAT(sum.Run(2), ElementsAre(34, 68));
}

// The int8 form is LinearInt8 on the expert's rows.
TEST(ExpertLinear, Int8IsThatOfLinear) {
  constexpr uint32_t kCols = 64, kRows = 3;
  std::vector<float> matrix(2 * kRows * kCols);
  for (size_t i = 0; i < matrix.size(); ++i)
    matrix[i] = static_cast<float>(i % 17) - 8.0f;
  std::vector<std::byte> rows(2 * kRows * RowBytes(DType::kQ8_0, kCols));
  for (size_t b = 0; b < matrix.size() / 32; ++b) {
    const uint16_t one = FloatToHalf(1.0f);
    std::memcpy(&rows[b * 34], &one, 2);
    for (size_t i = 0; i < 32; ++i)
      rows[b * 34 + 2 + i] =
          static_cast<std::byte>(static_cast<int8_t>(matrix[b * 32 + i]));
  }
  std::vector<A8Block> x(2);
  for (A8Block& block : x) {
    block = {.scale = 0.5f, .sum = {16, 16}, .q = {}};
    for (int8_t& q : block.q) q = 1;
  }
  KernelCase expert(OpKind::kExpertLinear, {.tokens = 1, .outputs = 1});
  const RouteAttrs one_of_two{2, 1};
  expert.Input(kCols, std::span<const A8Block>(x))
      .Input(2, {1, 1})
      .Weight(DType::kQ8_0, 2 * kRows, kCols, rows)
      .With(one_of_two);
  KernelCase linear(OpKind::kLinear, {.tokens = 1, .outputs = 1});
  linear.Input(kCols, std::span<const A8Block>(x))
      .Weight(DType::kQ8_0, kRows, kCols,
              std::span(rows).subspan(rows.size() / 2));
  EXPECT_EQ(expert.Run(kRows), linear.Run(kRows));
}

}  // namespace
}  // namespace tenon::scalar
