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

// Rows of `cols` elements, of which `width` share a scale.
std::vector<A8Block> QuantizeRows(std::span<const float> x, uint32_t cols,
                                  uint32_t width) {
  const auto rows = static_cast<uint32_t>(x.size()) / cols;
  const QuantizeAttrs attrs{width};
  KernelCase quantize(OpKind::kQuantize, {.tokens = rows, .outputs = 1});
  const std::vector<std::byte> bytes =
      quantize.Input(cols, x).With(attrs).RunBytes(DType::kA8, cols);
  std::vector<A8Block> blocks(x.size() / 32);
  EXPECT_EQ(bytes.size(), blocks.size() * sizeof(A8Block));
  std::memcpy(blocks.data(), bytes.data(), bytes.size());
  return blocks;
}

A8Block QuantizeRow(const Row& x) { return QuantizeRows(x, 32, 32)[0]; }

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
  const std::vector<A8Block> blocks = QuantizeRows(x, 64, 32);
  EXPECT_EQ(blocks[2].q[0], 127);
  EXPECT_EQ(blocks[3].q[0], 1);
  EXPECT_EQ(blocks[3].sum[1], 15 + 127);
}

TEST(Quantize, WiderRunsShareTheScaleOfTheirLargest) {
  std::vector<float> x(128, 1.0f);
  x[127] = 127.0f;
  const std::vector<A8Block> blocks = QuantizeRows(x, 128, 64);
  EXPECT_EQ(blocks[0].scale, 1.0f / 127.0f);
  EXPECT_EQ(blocks[1].q[0], 127);
  EXPECT_EQ(blocks[2].scale, 1.0f);
  EXPECT_EQ(blocks[2].sum[0], 16);
  EXPECT_EQ(blocks[3].scale, 1.0f);
  EXPECT_EQ(blocks[3].q[31], 127);
}

TEST(Quantize, RefusesPartialBlocks) {
  QuantizeAttrs attrs{32};
  KernelArgs args;
  args.attrs = &attrs;
  const auto refuses =
      FindKernel(OpKind::kQuantize, DType::kF32, DType::kF32)->refuses;
  args.out.cols = 96;
  EXPECT_EQ(refuses(args), nullptr);
  attrs.width = 64;
  EXPECT_STREQ(refuses(args),
               "columns are no multiple of the width of a scale");
  attrs.width = 48;
  EXPECT_STREQ(refuses(args), "the width of a scale is no multiple of 32");
}

}  // namespace
}  // namespace tenon::scalar
