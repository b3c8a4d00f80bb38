#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend_scalar/kernel_case.h"

namespace tenon::scalar {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Embed, TakesTheTokensRows) {
  const float table[] = {1, 2, 3, 4, 5, 6};
  const int32_t tokens[] = {2, 0};
  KernelCase embed(OpKind::kEmbed,
                   {.tokens = 2, .outputs = 1, .token_ids = tokens});
  embed.Weight(3, 2, table);
  EXPECT_THAT(embed.Run(2), ElementsAre(5, 6, 1, 2));
}

TEST(Embed, DecodesBlocks) {
  // Two rows of Q8_0: 0.5 * {0, 1, 2...} and 2 * {-1, -1...}.
  std::vector<std::byte> table(68);
  table[1] = std::byte{0x38};
  for (size_t i = 0; i < 32; ++i) table[2 + i] = static_cast<std::byte>(i);
  table[35] = std::byte{0x40};
  for (size_t i = 0; i < 32; ++i) table[36 + i] = std::byte{0xff};
  const int32_t tokens[] = {1, 0};
  KernelCase embed(OpKind::kEmbed,
                   {.tokens = 2, .outputs = 1, .token_ids = tokens});
  embed.Weight(DType::kQ8_0, 2, 32, table);
  const std::vector<float> out = embed.Run(32);
  EXPECT_EQ(out[0], -2.0f);
  EXPECT_EQ(out[31], -2.0f);
  EXPECT_EQ(out[32 + 31], 15.5f);
}

TEST(TakeOutputs, TakesTheLastRows) {
  KernelCase take(OpKind::kTakeOutputs, {.tokens = 3, .outputs = 2});
  take.Input(2, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(take.Run(2, Rows::kOutputs), ElementsAre(3, 4, 5, 6));
}

TEST(TakeOutputs, MayTakeNone) {
  KernelCase take(OpKind::kTakeOutputs, {.tokens = 3, .outputs = 0});
  take.Input(1, {1, 2, 3});
  EXPECT_THAT(take.Run(1, Rows::kOutputs), IsEmpty());
  EXPECT_EQ(take.items(), 0u);
}

TEST(Slice, TakesColumns) {
  static constexpr SliceAttrs kAttrs{.begin = 1, .width = 2, .period = 4};
  KernelCase slice(OpKind::kSlice, {.tokens = 2, .outputs = 1});
  slice.Input(4, {1, 2, 3, 4, 5, 6, 7, 8}).With(kAttrs);
  EXPECT_THAT(slice.Run(2), ElementsAre(2, 3, 6, 7));
}

TEST(Slice, TakesTheSamePartOfEveryHead) {
  static constexpr SliceAttrs kAttrs{.begin = 1, .width = 1, .period = 2};
  KernelCase slice(OpKind::kSlice, {.tokens = 1, .outputs = 1});
  slice.Input(6, {1, 2, 3, 4, 5, 6}).With(kAttrs);
  EXPECT_THAT(slice.Run(3), ElementsAre(2, 4, 6));
}

TEST(Concat, PutsRowsSideBySide) {
  KernelCase concat(OpKind::kConcat, {.tokens = 2, .outputs = 1});
  concat.Input(1, {1, 2}).Input(2, {3, 4, 5, 6});
  EXPECT_THAT(concat.Run(3), ElementsAre(1, 3, 4, 2, 5, 6));
}

TEST(Append, WritesRowsFromThePosition) {
  float rows[8] = {9, 9, 9, 9, 9, 9, 9, 9};
  KernelCase append(OpKind::kAppend,
                    {.tokens = 2, .outputs = 1, .position = 1});
  append.Input(2, {1, 2, 3, 4})
      .State(DType::kF32, 2, std::as_writable_bytes(std::span(rows)));
  append.Run(0);
  EXPECT_THAT(rows, ElementsAre(9, 9, 1, 2, 3, 4, 9, 9));
}

TEST(Append, RoundsToHalf) {
  uint16_t rows[4] = {};
  KernelCase append(OpKind::kAppend,
                    {.tokens = 1, .outputs = 1, .position = 1});
  append.Input(2, {1.0f, -65504.0f})
      .State(DType::kF16, 2, std::as_writable_bytes(std::span(rows)));
  append.Run(0);
  EXPECT_THAT(rows, ElementsAre(0, 0, 0x3c00, 0xfbff));
}

TEST(Append, RefusesOtherStates) {
  KernelArgs args;
  const auto refuses =
      FindKernel(OpKind::kAppend, DType::kF32, DType::kF32)->refuses;
  args.state[0].dtype = DType::kF16;
  EXPECT_EQ(refuses(args), nullptr);
  args.state[0].dtype = DType::kBF16;
  EXPECT_STREQ(refuses(args), "the state is neither F32 nor F16");
}

}  // namespace
}  // namespace tenon::scalar
