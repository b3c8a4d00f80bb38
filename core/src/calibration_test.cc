#include "src/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "src/fake_model.h"

namespace tenon {
namespace {

using ::testing::ElementsAre;
using Samples = std::vector<Tuning::Sample>;

TEST(FirstOfTheFastest, TakesAnotherOnlyWhereItHelps) {
  EXPECT_EQ(FirstOfTheFastest(Samples{{1, 10}}), 1u);
  EXPECT_EQ(FirstOfTheFastest(Samples{{1, 10}, {2, 5}}), 2u);
  EXPECT_EQ(FirstOfTheFastest(Samples{{1, 10}, {2, 12}}), 1u);
  EXPECT_EQ(FirstOfTheFastest(Samples{{1, 10}, {2, 9.6}}), 1u);
  EXPECT_EQ(FirstOfTheFastest(Samples{{1, 10}, {2, 5}, {4, 4.9}}), 2u);
  EXPECT_EQ(FirstOfTheFastest(Samples{{1, 10}, {2, 5}, {4, 3}, {8, 6}}), 4u);
}

// Pretends to be several workers, who take long.
class SlowTeam : public Executor {
 public:
  explicit SlowTeam(uint32_t workers) : workers_(workers) {}
  uint32_t workers() const noexcept override { return workers_; }
  void Limit(uint32_t workers) noexcept override { workers_ = workers; }
  void Run(const Plan& plan, const StepContext& ctx,
           const Scratch& scratch) noexcept override {
    if (workers_ > 1) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    alone_->Run(plan, ctx, scratch);
  }

 private:
  uint32_t workers_;
  const std::unique_ptr<Executor> alone_ = MakeInlineExecutor();
};

std::vector<uint32_t> Tried(uint32_t most) {
  SlowTeam team(most);
  const auto tuning = Calibrate(LoadFake()->bound(), team, /*cancel=*/nullptr);
  EXPECT_TRUE(tuning.ok()) << tuning.status();
  EXPECT_EQ(tuning->threads.value, 1u);
  EXPECT_EQ(team.workers(), 1u);
  EXPECT_FALSE(tuning->remembered);
  std::vector<uint32_t> threads;
  for (const Tuning::Sample& sample : tuning->threads.samples) {
    EXPECT_GT(sample.milliseconds, 0);
    threads.push_back(sample.value);
  }
  return threads;
}

TEST(Calibrate, TriesPowersOfTwoAndTheMost) {
  EXPECT_THAT(Tried(1), ElementsAre(1));
  EXPECT_THAT(Tried(6), ElementsAre(1, 2, 4, 6));
  EXPECT_THAT(Tried(8), ElementsAre(1, 2, 4, 8));
}

// Large tiles take longer with it, but for one matrix only.
class SmallTiles : public Executor {
 public:
  explicit SmallTiles(const void* matrix) : matrix_(matrix) {}
  uint32_t workers() const noexcept override { return 1; }
  void Limit(uint32_t) noexcept override {}
  void Run(const Plan& plan, const StepContext& ctx,
           const Scratch& scratch) noexcept override {
    alone_->Run(plan, ctx, scratch);
    const bool waits = ctx.tokens > 1 && ctx.tile_bytes > 320 * 1024 &&
                       plan.steps.front().args->weight[0].data == matrix_;
    if (waits) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }

 private:
  const void* matrix_;
  const std::unique_ptr<Executor> alone_ = MakeInlineExecutor();
};

TEST(Calibrate, TriesTilesOfAMatrix) {
  const auto model = LoadFake();
  const BoundGraph& bound = model->bound();
  SmallTiles small(bound.prefill.steps.front().args->weight[0].data);
  const auto tuning = Calibrate(bound, small, /*cancel=*/nullptr);
  ASSERT_TRUE(tuning.ok()) << tuning.status();
  std::vector<uint32_t> tiles;
  for (const auto& sample : tuning->tile_kib.samples)
    tiles.push_back(sample.value);
  EXPECT_THAT(tiles, ElementsAre(0, 320, 128));
  EXPECT_NE(tuning->tile_kib.value, 0u);
}

TEST(Calibrate, FindsWhatATextCanHold) {
  const auto alone = MakeInlineExecutor();
  const auto found = Calibrate(LoadFake()->bound(), *alone, /*cancel=*/nullptr);
  ASSERT_TRUE(found.ok()) << found.status();
  const auto read = ParseTuning(ToText(*found));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->threads.samples[0].milliseconds,
            found->threads.samples[0].milliseconds);
}

TEST(Calibrate, CanBeStopped) {
  const std::atomic<bool> cancel = true;
  SlowTeam team(4);
  EXPECT_EQ(Calibrate(LoadFake()->bound(), team, &cancel).status().code(),
            absl::StatusCode::kCancelled);
  EXPECT_EQ(team.workers(), 4u);
}

}  // namespace
}  // namespace tenon
