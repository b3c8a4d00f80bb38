#include "tenon/executor.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tenon {
namespace {

// A kernel that counts in `states[0]` how often it computed each item.
void Count(const KernelArgs&, const StepContext& ctx, Range range,
           std::byte* scratch) noexcept {
  int* count = reinterpret_cast<int*>(ctx.states[0]);
  for (uint32_t i = range.begin; i < range.end; ++i) ++count[i];
  if (range.end > 0) *scratch = std::byte{1};
}

uint32_t Tokens(const KernelArgs&, const StepContext& ctx) noexcept {
  return ctx.tokens;
}

TEST(InlineExecutor, RunsEveryItemOfEveryStepOnce) {
  const KernelArgs args;
  const Plan plan{.steps = {{Count, Tokens, &args, 0, false},
                            {Count, Tokens, &args, 1, true}}};
  int count[5] = {};
  std::byte scratch_byte{};
  std::byte* states[] = {reinterpret_cast<std::byte*>(count)};
  const auto executor = MakeInlineExecutor();
  EXPECT_EQ(executor->workers(), 1u);
  for (uint32_t tokens : {0, 1, 4}) {
    StepContext ctx{.tokens = tokens, .states = states};
    executor->Run(plan, ctx, {&scratch_byte, 1});
  }
  EXPECT_THAT(count, testing::ElementsAre(4, 2, 2, 2, 0));
  EXPECT_EQ(scratch_byte, std::byte{1});
}

}  // namespace
}  // namespace tenon
