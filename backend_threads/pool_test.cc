#include "backend_threads/pool.h"

#include <sys/resource.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "absl/base/config.h"
#include "backend_threads/fake_plan.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/plugin.h"
#include "tenon/registry.h"

namespace tenon {

extern const Plugin kBackendThreads;

namespace {

using testing::Each;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

#if defined(ABSL_HAVE_THREAD_SANITIZER)
constexpr int kRounds = 1000;
#else
constexpr int kRounds = 10000;
#endif

// out[i] += 1
void Count(const KernelArgs& args, const StepContext&, Range range,
           std::byte*) noexcept {
  for (uint32_t i = range.begin; i < range.end; ++i)
    ++args.As<FakeNode>().out[i];
}

// out[i] = in[mirrored i] + 1: reads what other workers wrote.
void Mirror(const KernelArgs& args, const StepContext&, Range range,
            std::byte*) noexcept {
  const FakeNode& node = args.As<FakeNode>();
  for (uint32_t i = range.begin; i < range.end; ++i)
    node.out[i] = node.in[node.items - 1 - i] + 1;
}

// Item 0 waits until all others are done.
std::atomic<uint32_t> others_done = 0;
void WaitForOthers(const KernelArgs& args, const StepContext&, Range range,
                   std::byte*) noexcept {
  for (uint32_t i = range.begin; i < range.end; ++i) {
    if (i != 0) ++others_done;
    while (i == 0 && others_done + 1 < args.As<FakeNode>().items)
      std::this_thread::yield();
  }
}

void MarkScratch(const KernelArgs&, const StepContext&, Range,
                 std::byte* scratch) noexcept {
  *scratch = std::byte{1};
}

// Notes its scratch, and waits until all other items have noted theirs: so each
// runs on another worker.
std::atomic<uint32_t> noted = 0;
void NoteScratch(const KernelArgs& args, const StepContext&, Range range,
                 std::byte* scratch) noexcept {
  const FakeNode& node = args.As<FakeNode>();
  std::memcpy(scratch, &range.begin, sizeof(range.begin));
  ++noted;
  while (noted < node.items) std::this_thread::yield();
  std::memcpy(&node.out[range.begin], scratch, sizeof(range.begin));
}

TEST(Pool, RunsEveryItemOnce) {
  for (uint32_t workers : {1, 2, 3, 4, 7, 8, 16}) {
    const auto pool = Pool::Create(workers);
    ASSERT_EQ(pool->workers(), workers);
    for (uint32_t items : {0, 1, 2, 3, 5, 8, 15, 16, 17, 1000}) {
      std::vector<uint32_t> count(items);
      FakePlan plan;
      plan.Add(Count, {items, count.data()});
      plan.Run(*pool);
      plan.Run(*pool);
      EXPECT_THAT(count, Each(2u)) << workers << " " << items;
    }
  }
}

TEST(Pool, LetsTheOthersDoTheWorkOfASlowWorker) {
  others_done = 0;
  FakePlan plan;
  plan.Add(WaitForOthers, {16});
  plan.Run(*Pool::Create(2));
  EXPECT_EQ(others_done, 15u);
}

TEST(Pool, RunsAnEmptyPlan) {
  const auto pool = Pool::Create(3);
  FakePlan().Run(*pool);
}

// Each step reads what other workers wrote in the step before.
TEST(Pool, BarriersOrderSteps) {
  constexpr uint32_t kItems = 23;
  for (uint32_t workers : {2, 3, 8}) {
    const auto pool = Pool::Create(workers);
    std::vector<uint32_t> a(kItems), b(kItems);
    FakePlan plan;
    plan.Add(Mirror, {kItems, b.data(), a.data()});
    plan.Add(Mirror, {kItems, a.data(), b.data()}, true);
    plan.Add(Mirror, {kItems, b.data(), a.data()}, true);
    plan.Add(Mirror, {kItems, a.data(), b.data()}, true);
    for (int round = 0; round < kRounds / 3; ++round) plan.Run(*pool);
    EXPECT_THAT(a, Each(4u * (kRounds / 3))) << workers;
  }
}

// The team shrinks and grows between runs, and steps within one are narrow.
TEST(Pool, ServesTeamsOfAnySize) {
  const auto pool = Pool::Create(5);
  std::vector<uint32_t> count(64);
  std::vector<FakePlan> plans(7);
  for (uint32_t items = 0; items < plans.size(); ++items) {
    plans[items].Add(Count, {items, count.data()});
    plans[items].Add(Count, {1, count.data() + 32}, true);
    plans[items].Add(Count, {items / 2, count.data() + 48}, true);
  }
  for (uint32_t round = 0; round < 2000; ++round)
    plans[round * 5 % 7].Run(*pool);
  EXPECT_EQ(count[32], 2000u);
  EXPECT_EQ(count[0], 1714u);  // 6/7: rounds of one item or more
  EXPECT_EQ(count[5], 286u);   // 1/7: rounds of six
  EXPECT_EQ(count[50], 286u);
}

TEST(Pool, GivesEachWorkerItsOwnScratch) {
  constexpr uint32_t kWorkers = 4;
  constexpr size_t kStride = 64;
  noted = 0;
  const auto pool = Pool::Create(kWorkers);
  std::vector<std::byte> scratch(kWorkers * kStride, std::byte{0xff});
  std::vector<uint32_t> found(kWorkers);
  FakePlan plan;
  plan.Add(NoteScratch, {kWorkers, found.data()});
  plan.Run(*pool, {scratch.data(), kStride});
  EXPECT_THAT(found, ElementsAre(0, 1, 2, 3));  // still there: not shared
  std::vector<uint32_t> items(kWorkers);
  for (uint32_t w = 0; w < kWorkers; ++w)
    std::memcpy(&items[w], &scratch[w * kStride], sizeof(items[w]));
  EXPECT_THAT(items, UnorderedElementsAre(0, 1, 2, 3));
}

// Each of so many items waits for the others, so that more workers than the
// limit are needed unless there is one for each.
TEST(Pool, LimitsItsWorkersAndUsesThemAgain) {
  const auto pool = Pool::Create(4);
  std::vector<std::byte> scratch(4 * 64);
  std::vector<uint32_t> found(4), count(1000);
  for (int round = 0; round < 50; ++round) {
    for (uint32_t workers : {1, 3, 2, 4}) {
      pool->Limit(workers);
      EXPECT_EQ(pool->workers(), workers);
      noted = 0;
      FakePlan together;
      together.Add(NoteScratch, {workers, found.data()});
      together.Run(*pool, {scratch.data(), 64});
      FakePlan all;
      all.Add(Count, {1000, count.data()});
      all.Run(*pool);
    }
  }
  EXPECT_THAT(count, Each(200u));
}

// Scratch of worker 2 and 3 is that of nobody.
TEST(Pool, WorkersAboveTheLimitDoNothing) {
  const auto pool = Pool::Create(4);
  std::vector<std::byte> scratch(4 * 64, std::byte{0xff});
  std::vector<uint32_t> found(100);
  FakePlan plan;
  plan.Add(MarkScratch, {100, found.data()});
  pool->Limit(2);
  for (int round = 0; round < 200; ++round)
    plan.Run(*pool, {scratch.data(), 64});
  EXPECT_EQ(scratch[2 * 64], std::byte{0xff});
  EXPECT_EQ(scratch[3 * 64], std::byte{0xff});
  pool->Limit(9);
  EXPECT_EQ(pool->workers(), 4u);
}

TEST(Pool, CallersTakeTurns) {
  const auto pool = Pool::Create(3);
  std::vector<uint32_t> count(30);
  FakePlan plan;
  plan.Add(Count, {30, count.data()});
  plan.Add(Count, {30, count.data()}, true);
  const auto caller = [&] {
    for (int i = 0; i < kRounds / 10; ++i) plan.Run(*pool);
  };
  std::thread first(caller), second(caller);
  first.join();
  second.join();
  EXPECT_THAT(count, Each(4u * (kRounds / 10)));
}

TEST(Pool, EndsRightAfterItsBeginning) {
  for (int i = 0; i < 50; ++i) EXPECT_NE(Pool::Create(4), nullptr);
}

TEST(Pool, ManyThreadsOnFewCores) {
  const auto pool = Pool::Create(64);
  std::vector<uint32_t> count(64);
  FakePlan plan;
  for (int i = 0; i < 5; ++i) plan.Add(Count, {64, count.data()}, true);
  for (int i = 0; i < 20; ++i) plan.Run(*pool);
  EXPECT_THAT(count, Each(100u));
}

TEST(Pool, RefusesTooManyWorkers) {
  EXPECT_EQ(Pool::Create(Pool::kMaxWorkers + 1), nullptr);
  EXPECT_EQ(Pool::Create(0)->workers(), 1u);
}

#if defined(GTEST_HAS_DEATH_TEST) && !defined(ABSL_HAVE_THREAD_SANITIZER) && \
    !defined(ABSL_HAVE_ADDRESS_SANITIZER)
// Stacks for so many threads do not fit: the ones that started must end.
TEST(Pool, GivesUpWhenThreadsCannotStart) {
  const auto starve = [] {
    const rlimit limit{256 << 20, 256 << 20};
    setrlimit(RLIMIT_AS, &limit);
    std::_Exit(Pool::Create(1000) == nullptr ? 0 : 1);
  };
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(starve(), testing::ExitedWithCode(0), "");
}
#endif

TEST(Plugin, StartsAsManyAsAskedFor) {
  const ExecutorFactory& factory = AsExecutor(kBackendThreads);
  EXPECT_EQ(factory.create(3)->workers(), 3u);
  EXPECT_GE(factory.create(0)->workers(), 1u);
}

}  // namespace
}  // namespace tenon
