#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend_scalar/kernel_case.h"
#include "backend_scalar/random_weights.h"
#include "tenon/math.h"

namespace tenon::scalar {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const float kWeight[] = {1,  2, 3,    //
                         -1, 0, 10};  // [2, 3]

TEST(Linear, MultipliesRows) {
  KernelCase linear(OpKind::kLinear, {.tokens = 2, .outputs = 1});
  linear.Input(3, {1, 1, 1, 0, 1, 2}).Weight(2, 3, kWeight);
  EXPECT_THAT(linear.Run(2), ElementsAre(6, 9, 8, 20));
  EXPECT_EQ(linear.items(), 2u);
}

TEST(Linear, AddsTheBias) {
  const uint16_t bias[] = {0x3c00, 0xc000};  // 1, -2 in F16
  KernelCase linear(OpKind::kLinear, {.tokens = 1, .outputs = 1});
  linear.Input(3, {1, 1, 1})
      .Weight(2, 3, kWeight)
      .Weight(DType::kF16, 1, 2, std::as_bytes(std::span(bias)));
  EXPECT_THAT(linear.Run(2), ElementsAre(7, 7));
}

TEST(LinearAdd, AddsTheResidual) {
  KernelCase linear(OpKind::kLinearAdd, {.tokens = 2, .outputs = 1});
  linear.Input(3, {1, 1, 1, 0, 1, 2})
      .Input(2, {100, 200, 300, 400})
      .Weight(2, 3, kWeight);
  EXPECT_THAT(linear.Run(2), ElementsAre(106, 209, 308, 420));
}

// 2^24 + (1 + 1), not (2^24 + 1) + 1 in any order.
TEST(LinearAdd, AddsTheBiasFirst) {
  const float weight[] = {1}, bias[] = {1};
  KernelCase linear(OpKind::kLinearAdd, {.tokens = 1, .outputs = 1});
  linear.Input(1, {1})
      .Input(1, {0x1p24f})
      .Weight(1, 1, weight)
      .Weight(1, 1, bias);
  EXPECT_THAT(linear.Run(1), ElementsAre(0x1p24f + 2));
}

TEST(Head, HasTheOutputRows) {
  KernelCase head(OpKind::kHead, {.tokens = 5, .outputs = 1});
  head.Input(3, {1, 0, 1}, Rows::kOutputs).Weight(2, 3, kWeight);
  EXPECT_THAT(head.Run(2, Rows::kOutputs), ElementsAre(4, 9));
}

TEST(Head, DoesNothingForNoOutputs) {
  KernelCase head(OpKind::kHead, {.tokens = 5, .outputs = 0});
  head.Input(3, {}, Rows::kOutputs).Weight(2, 3, kWeight);
  EXPECT_THAT(head.Run(2, Rows::kOutputs), IsEmpty());
  EXPECT_EQ(head.items(), 0u);
}

class LinearOfType : public testing::TestWithParam<DType> {};

// Every result is the Dot of the decoded row, to the last bit, for rows longer
// than what is decoded at a time.
TEST_P(LinearOfType, EqualsTheDotOfTheDecodedRow) {
  const DType dtype = GetParam();
  const uint32_t cols = Info(dtype).block_elements == 256 ? 768 : 736;
  std::mt19937 random(11);
  const std::vector<std::byte> weight =
      RandomBlocks(random, dtype, 3 * cols / Info(dtype).block_elements);
  const std::vector<float> decoded = Decode(dtype, weight);
  const std::vector<float> x = RandomFloats(random, 2 * cols);
  KernelCase linear(OpKind::kLinear, {.tokens = 2, .outputs = 1});
  linear.Input(cols, x).Weight(dtype, 3, cols, weight);
  const std::vector<float> y = linear.Run(3);
  for (size_t t = 0; t < 2; ++t)
    for (size_t n = 0; n < 3; ++n)
      EXPECT_EQ(y[t * 3 + n], Dot(&decoded[n * cols], &x[t * cols], cols));
}

INSTANTIATE_TEST_SUITE_P(
    Types, LinearOfType,
    testing::Values(DType::kF16, DType::kBF16, DType::kQ4_0, DType::kQ4_1,
                    DType::kQ5_0, DType::kQ5_1, DType::kQ8_0, DType::kQ2_K,
                    DType::kQ3_K, DType::kQ4_K, DType::kQ5_K, DType::kQ6_K,
                    DType::kIQ4_NL, DType::kIQ4_XS),
    [](const auto& type) { return Name(type.param); });

}  // namespace
}  // namespace tenon::scalar
