#include "backend_threads/schedule.h"

#include <thread>
#include <vector>

#include "backend_threads/fake_plan.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tenon {
namespace {

using testing::ElementsAre;
using Place = Schedule::Place;

// Steps of so many items; `barriers`: which of them wait for all before.
FakePlan Steps(std::vector<uint32_t> items, std::vector<bool> barriers) {
  FakePlan plan;
  for (size_t i = 0; i < items.size(); ++i)
    plan.Add(nullptr, {items[i]}, barriers[i]);
  return plan;
}

class ScheduleTest : public testing::Test {
 protected:
  void Begin(const FakePlan& plan, uint64_t run, uint32_t workers = 1) {
    ASSERT_TRUE(schedule_.Begin(plan.plan(), {}, workers, run));
  }
  // {step, first item, end} of the next chunk; empty: there is none.
  std::vector<uint32_t> Next(Place& place) {
    const auto chunk = schedule_.Take(place);
    if (!chunk) return {};
    return {chunk->step, chunk->items.begin, chunk->items.end};
  }

  Schedule schedule_{std::chrono::nanoseconds(0)};
};

TEST_F(ScheduleTest, CutsAStepIntoEightChunksPerWorker) {
  Begin(Steps({37, 0, 5}, {false, true, true}), 1, /*workers=*/2);
  Place place(1);
  for (uint32_t i = 0; i < 36; i += 2)
    EXPECT_THAT(Next(place), ElementsAre(0, i, i + 2));
  EXPECT_THAT(Next(place), ElementsAre(0, 36, 37));
  for (uint32_t i = 0; i < 5; ++i)
    EXPECT_THAT(Next(place), ElementsAre(2, i, i + 1));
  EXPECT_TRUE(Next(place).empty());
}

// The others have been called, and the system does not let them run.
TEST_F(ScheduleTest, OneWorkerDoesAllThatNobodyElseHasBegun) {
  Begin(Steps({5, 4, 3}, {false, true, true}), 1, /*workers=*/4);
  Place present(1);
  for (int i = 0; i < 12; ++i) EXPECT_FALSE(Next(present).empty());
  EXPECT_TRUE(Next(present).empty());
  schedule_.WaitForAll();
}

TEST_F(ScheduleTest, AWorkerThatStopsBetweenChunksHoldsUpNobody) {
  Begin(Steps({2, 3}, {false, true}), 1);
  Place stopped(1), present(1);
  EXPECT_THAT(Next(stopped), ElementsAre(0, 0, 1));
  EXPECT_THAT(Next(stopped), ElementsAre(0, 1, 2));
  EXPECT_THAT(Next(stopped), ElementsAre(1, 0, 1));
  EXPECT_THAT(Next(present), ElementsAre(1, 1, 2));
  EXPECT_THAT(Next(present), ElementsAre(1, 2, 3));
}

TEST_F(ScheduleTest, ALateWorkerFindsNothing) {
  const FakePlan small = Steps({2}, {false});
  const FakePlan large = Steps({9, 9, 9}, {true, true, true});
  Place late(1), first(1), second(2);
  Begin(small, 1);
  while (!Next(first).empty()) {
  }
  Begin(large, 2);  // and moves to a larger table
  EXPECT_TRUE(Next(late).empty());
  EXPECT_THAT(Next(second), ElementsAre(0, 0, 1));
  Begin(small, 3);
  EXPECT_TRUE(Next(second).empty());
}

TEST_F(ScheduleTest, ChunksBehindABarrierWaitForThoseThatHaveBegun) {
  Begin(Steps({2, 1}, {false, true}), 1);
  Place slow(1), fast(1);
  EXPECT_THAT(Next(slow), ElementsAre(0, 0, 1));
  EXPECT_THAT(Next(fast), ElementsAre(0, 1, 2));
  bool done = false;
  int taken = 0;
  std::thread other([&] {
    for (; !Next(fast).empty(); ++taken) EXPECT_TRUE(done);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  done = true;
  const bool mine = !Next(slow).empty();
  if (mine) {
    EXPECT_TRUE(Next(slow).empty());
  }
  other.join();
  EXPECT_EQ(taken + mine, 1);
}

TEST_F(ScheduleTest, ChunksWaitForNothingWithoutABarrier) {
  Begin(Steps({1, 2}, {true, false}), 1);
  Place slow(1), fast(1);
  EXPECT_THAT(Next(slow), ElementsAre(0, 0, 1));
  EXPECT_THAT(Next(fast), ElementsAre(1, 0, 1));
  EXPECT_THAT(Next(fast), ElementsAre(1, 1, 2));
}

TEST_F(ScheduleTest, AnEmptyPlanIsDone) {
  Begin(FakePlan(), 1);
  Place place(1);
  EXPECT_TRUE(Next(place).empty());
  schedule_.WaitForAll();
}

}  // namespace
}  // namespace tenon
