#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "backend_scalar/kernel_case.h"
#include "backend_scalar/random_weights.h"
#include "support/random.h"

namespace tenon::scalar {
namespace {

using testing::ElementsAre;

// One block whose every q is `q`.
A8Block Constant(float scale, int8_t q) {
  A8Block a{.scale = scale, .sum = {}, .q = {}};
  for (int8_t& x : a.q) x = q;
  a.sum[0] = a.sum[1] = static_cast<int16_t>(16 * q);
  return a;
}

// d = 0.5, codes 0..31; q = 2, scale 0.25: 496 * 2 * 0.125 = 124.
TEST(LinearInt8, MultipliesCodes) {
  std::vector<std::byte> weight(34);
  weight[1] = std::byte{0x38};
  for (size_t i = 0; i < 32; ++i) weight[2 + i] = static_cast<std::byte>(i);
  const A8Block x[] = {Constant(0.25f, 2), Constant(0.25f, -2)};
  KernelCase linear(OpKind::kLinear, {.tokens = 2, .outputs = 1});
  linear.Input(32, x).Weight(DType::kQ8_0, 1, 32, weight);
  EXPECT_THAT(linear.Run(1), ElementsAre(124, -124));
}

// d = 1, m = -8, nibbles 0xA and 0x3: (16 * 10 + 16 * 3) * 4 - 8 * 32 * 4,
// then bias and residual.
TEST(LinearInt8, AddsMinimumBiasAndResidual) {
  std::vector<std::byte> weight(20, std::byte{0xa3});
  weight[0] = std::byte{0}, weight[1] = std::byte{0x3c};
  weight[2] = std::byte{0}, weight[3] = std::byte{0xc8};
  const A8Block x[] = {Constant(1.0f, 4)};
  const float bias[] = {0.5f};
  KernelCase linear(OpKind::kLinearAdd, {.tokens = 1, .outputs = 1});
  linear.Input(32, x)
      .Input(1, {1000})
      .Weight(DType::kQ4_1, 1, 32, weight)
      .Weight(1, 1, bias);
  EXPECT_THAT(linear.Run(1), ElementsAre(832 - 1024 + 1000.5f));
}

// The first group's 2^24 swallows the 1 of the second; the third takes 2^24
// away again.  Any other order gives 1.
TEST(LinearInt8, AddsGroupsInAscendingOrder) {
  std::vector<std::byte> weight(3 * 34);
  for (size_t block = 0; block < 3; ++block) {
    weight[34 * block + 1] = std::byte{0x3c};
    weight[34 * block + 2] = std::byte{1};
  }
  const A8Block x[] = {Constant(0x1p24f, 1), Constant(1, 1),
                       Constant(0x1p24f, -1)};
  KernelCase linear(OpKind::kLinear, {.tokens = 1, .outputs = 1});
  linear.Input(96, x).Weight(DType::kQ8_0, 1, 96, weight);
  EXPECT_THAT(linear.Run(1), ElementsAre(0));
}

// Q4_K: d = 1, scales 1...8, codes 1, no minimums; q = 1.  The integers of the
// block, 32 * 36, are added before they are scaled.
TEST(LinearInt8, RoundsTheSumOfABlockOnce) {
  std::vector<std::byte> weight(144, std::byte{0x11});
  for (size_t i = 0; i < 16; ++i) weight[i] = std::byte{0};
  weight[1] = std::byte{0x3c};
  for (uint8_t i = 0; i < 4; ++i) {
    weight[4 + i] = std::byte(1 + i);
    weight[12 + i] = std::byte(5 + i);
  }
  const std::vector<A8Block> x(8, Constant(0.1f, 1));
  float by_groups = 0;
  for (float g = 1; g <= 8; ++g) by_groups += 32 * g * 0.1f;
  ASSERT_NE(by_groups, 1152 * 0.1f);
  KernelCase linear(OpKind::kLinear, {.tokens = 1, .outputs = 1});
  linear.Input(256, x).Weight(DType::kQ4_K, 1, 256, weight);
  EXPECT_THAT(linear.Run(1), ElementsAre(1152 * 0.1f));
}

class LinearInt8OfType : public testing::TestWithParam<DType> {};

// Against the product of the decoded weights and the decoded activations, in
// double: sums of integers are exact, so only a few roundings differ.
TEST_P(LinearInt8OfType, AgreesWithTheDecodedProduct) {
  const DType dtype = GetParam();
  constexpr uint32_t kCols = 512, kRows = 5, kTokens = 3;
  std::mt19937 random(static_cast<uint32_t>(dtype));
  const std::vector<std::byte> weight =
      RandomBlocks(random, dtype, kRows * kCols / Info(dtype).block_elements);
  const std::vector<float> decoded = Decode(dtype, weight);
  testing_support::Rng rng(static_cast<uint64_t>(dtype));
  const std::vector<A8Block> x = testing_support::RandomA8(
      kTokens * kCols, Info(dtype).block_elements, rng);
  KernelCase linear(OpKind::kLinear, {.tokens = kTokens, .outputs = 1});
  linear.Input(kCols, x).Weight(dtype, kRows, kCols, weight);
  const std::vector<float> y = linear.Run(kRows);
  for (size_t t = 0; t < kTokens; ++t)
    for (size_t n = 0; n < kRows; ++n) {
      double want = 0, magnitude = 0;
      for (size_t k = 0; k < kCols; ++k) {
        const A8Block& a = x[(t * kCols + k) / 32];
        const double term =
            double{decoded[n * kCols + k]} * a.scale * a.q[k % 32];
        want += term;
        magnitude += std::abs(term);
      }
      ASSERT_NEAR(y[t * kRows + n], want, 1e-6 * magnitude) << t << " " << n;
    }
}

INSTANTIATE_TEST_SUITE_P(Types, LinearInt8OfType,
                         testing::ValuesIn(kBlockTypes),
                         [](const auto& type) { return Name(type.param); });

}  // namespace
}  // namespace tenon::scalar
