#include "src/arena_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace tenon {
namespace {

using ::testing::ElementsAre;

TEST(PlanArena, ReusesTheMemoryOfTheDead) {
  // a: steps 0-1, b: 1-2, c: 2-3.  c can lie where a lay.
  const ArenaPlan plan = PlanArena({{64, 0, 1}, {64, 1, 2}, {64, 2, 3}});
  EXPECT_THAT(plan.offsets, ElementsAre(0, 64, 0));
  EXPECT_EQ(plan.bytes, 128u);
}

TEST(PlanArena, FillsAGapBetweenTwoNeighbours) {
  // The 64-byte value fits into the hole that the 128-byte value left.
  const ArenaPlan plan =
      PlanArena({{256, 0, 9}, {128, 0, 1}, {192, 0, 9}, {64, 2, 9}});
  EXPECT_THAT(plan.offsets, ElementsAre(0, 448, 256, 448));
  EXPECT_EQ(plan.bytes, 576u);
}

TEST(PlanArena, AlignsEveryValue) {
  const ArenaPlan plan = PlanArena({{1, 0, 0}, {65, 0, 0}, {3, 0, 0}});
  for (size_t offset : plan.offsets) EXPECT_EQ(offset % 64, 0u);
  EXPECT_EQ(plan.bytes, 256u);
}

TEST(PlanArena, CountsBeyondThirtyTwoBits) {
  constexpr uint64_t kBytes = uint64_t{3} << 30;
  const ArenaPlan plan = PlanArena({{kBytes, 0, 1}, {kBytes, 0, 1}});
  EXPECT_THAT(plan.offsets, ElementsAre(0, kBytes));
  EXPECT_EQ(plan.bytes, 2 * kBytes);
}

TEST(PlanArena, NeverOverlapsTwoValuesAliveTogether) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<Lifetime> values(40);
    for (Lifetime& v : values) {
      v.bytes = random() % 1000;
      v.first_step = random() % 30;
      v.last_step = v.first_step + random() % 10;
    }
    const ArenaPlan plan = PlanArena(values);
    for (size_t a = 0; a < values.size(); ++a) {
      EXPECT_LE(plan.offsets[a] + values[a].bytes, plan.bytes);
      for (size_t b = 0; b < a; ++b) {
        const bool together = values[a].first_step <= values[b].last_step &&
                              values[b].first_step <= values[a].last_step;
        const bool apart =
            plan.offsets[a] + values[a].bytes <= plan.offsets[b] ||
            plan.offsets[b] + values[b].bytes <= plan.offsets[a];
        EXPECT_TRUE(!together || apart ||
                    values[a].bytes * values[b].bytes == 0);
      }
    }
  }
}

}  // namespace
}  // namespace tenon
