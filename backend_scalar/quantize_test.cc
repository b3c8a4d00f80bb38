#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "backend_scalar/kernel_case.h"

namespace tenon::scalar {
namespace {

using testing::Each;
using testing::ElementsAre;

using Row = std::array<float, 32>;

A8Block QuantizeRow(const Row& x) {
  KernelCase quantize(OpKind::kQuantize, {.tokens = 1, .outputs = 1});
  const std::vector<std::byte> bytes =
      quantize.Input(32, x).RunBytes(DType::kA8, 32);
  A8Block block;
  EXPECT_EQ(bytes.size(), sizeof block);
  std::memcpy(&block, bytes.data(), sizeof block);
  return block;
}

// The largest magnitude is 254, so codes are halves of the input.
TEST(Quantize, RoundsHalvesAwayFromZero) {
  Row x{};
  x[0] = 254;
  x[1] = 1;     // 0.5
  x[2] = -1;    // -0.5
  x[3] = 5;     // 2.5
  x[4] = 4.9f;  // 2.45
  x[5] = -254;
  x[16] = -7;    // -3.5
  x[31] = 2.9f;  // 1.45
  const A8Block a = QuantizeRow(x);
  EXPECT_EQ(a.scale, 2.0f);
  EXPECT_THAT(std::vector(a.q, a.q + 6), ElementsAre(127, 1, -1, 3, 2, -127));
  EXPECT_EQ(a.q[16], -4);
  EXPECT_EQ(a.q[31], 1);
  EXPECT_THAT(a.sum, ElementsAre(5, -3));
}

TEST(Quantize, ZerosStayZeros) {
  const A8Block a = QuantizeRow(Row{});
  EXPECT_EQ(a.scale, 0.0f);
  EXPECT_THAT(a.q, Each(0));
  EXPECT_THAT(a.sum, Each(0));
}

// 127 / amax would be infinite.
TEST(Quantize, TinyValuesCountAsZeros) {
  Row x{};
  x[3] = 1e-38f;
  EXPECT_THAT(QuantizeRow(x).q, Each(0));
}

TEST(Quantize, ReconstructsWithinHalfAStep) {
  Row x;
  for (size_t i = 0; i < 32; ++i)
    x[i] = std::sin(static_cast<float>(i) * 1.7f) * 3e4f;
  const A8Block a = QuantizeRow(x);
  for (size_t i = 0; i < 32; ++i)
    EXPECT_NEAR(a.scale * static_cast<float>(a.q[i]), x[i], a.scale * 0.50001f);
}

TEST(Quantize, GarbageStaysInRange) {
  Row x;
  x.fill(1.0f);
  x[0] = std::numeric_limits<float>::quiet_NaN();
  x[1] = -127.0f;
  const A8Block skipped = QuantizeRow(x);  // the NaN does not count
  EXPECT_EQ(skipped.scale, 1.0f);
  EXPECT_THAT(std::vector(skipped.q, skipped.q + 3),
              ElementsAre(-127, -127, 1));
  x[2] = std::numeric_limits<float>::infinity();
  const A8Block infinite = QuantizeRow(x);
  EXPECT_EQ(infinite.scale, x[2]);
  EXPECT_THAT(std::vector(infinite.q, infinite.q + 4),
              ElementsAre(-127, 0, -127, 0));
}

TEST(Quantize, KeepsRowsApart) {
  std::vector<float> x(2 * 64, 1.0f);
  x[127] = 127.0f;
  KernelCase quantize(OpKind::kQuantize, {.tokens = 2, .outputs = 1});
  const std::vector<std::byte> bytes =
      quantize.Input(64, x).RunBytes(DType::kA8, 64);
  ASSERT_EQ(bytes.size(), 4 * sizeof(A8Block));
  A8Block blocks[4];
  std::memcpy(blocks, bytes.data(), bytes.size());
  EXPECT_EQ(blocks[2].q[0], 127);
  EXPECT_EQ(blocks[3].q[0], 1);
  EXPECT_EQ(blocks[3].sum[1], 15 + 127);
}

TEST(Quantize, RefusesPartialBlocks) {
  KernelArgs args;
  const auto refuses =
      FindKernel(OpKind::kQuantize, DType::kF32, DType::kF32)->refuses;
  args.out.cols = 96;
  EXPECT_EQ(refuses(args), nullptr);
  args.out.cols = 100;
  EXPECT_STREQ(refuses(args), "columns are no multiple of 32");
}

}  // namespace
}  // namespace tenon::scalar
