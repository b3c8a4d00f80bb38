#include "backend_threads/barrier.h"

#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace tenon {
namespace {

using std::chrono::microseconds;

class BarrierTest : public testing::TestWithParam<int> {};  // spin, µs

// In each round every thread writes its own cell and then reads its
// neighbour's.
TEST_P(BarrierTest, ShowsWhatWasWrittenBefore) {
  constexpr uint32_t kThreads = 4;
  constexpr int kRounds = 1000;
  Barrier barrier{microseconds(GetParam())};
  int cells[kThreads] = {}, wrong[kThreads] = {};
  const auto run = [&](uint32_t self) {
    for (int round = 1; round <= kRounds; ++round) {
      cells[self] = round;
      barrier.ArriveAndWait(kThreads);
      wrong[self] += cells[(self + 1) % kThreads] != round;
      barrier.ArriveAndWait(kThreads);
    }
  };
  std::vector<std::thread> threads;
  for (uint32_t i = 0; i < kThreads; ++i) threads.emplace_back(run, i);
  for (std::thread& thread : threads) thread.join();
  for (int count : wrong) EXPECT_EQ(count, 0);
}

TEST_P(BarrierTest, ThreadsMayLeaveWithoutWaiting) {
  Barrier barrier{microseconds(GetParam())};
  for (int round = 0; round < 200; ++round) {
    int written = 0;
    std::thread worker([&] {
      written = 1;
      barrier.Arrive(2);
    });
    barrier.ArriveAndWait(2);
    EXPECT_EQ(written, 1);
    worker.join();
  }
}

TEST(Barrier, OneThreadPassesAtOnce) {
  Barrier barrier{microseconds(0)};
  for (int round = 0; round < 100; ++round) barrier.ArriveAndWait(1);
}

INSTANTIATE_TEST_SUITE_P(Spin, BarrierTest, testing::Values(0, 5, 50));

TEST(Signal, WakesASleeper) {
  for (int spin : {0, 1000}) {
    Signal signal{microseconds(spin)};
    uint64_t seen = 0;
    std::thread waiter([&] { seen = signal.WaitWhile(0); });
    std::this_thread::sleep_for(microseconds(200));
    signal.Set(7);
    waiter.join();
    EXPECT_EQ(seen, 7u);
    EXPECT_EQ(signal.value(), 7u);
  }
}

TEST(Signal, DoesNotWaitForWhatHasHappened) {
  Signal signal{microseconds(0)};
  signal.Set(3);
  EXPECT_EQ(signal.WaitWhile(2), 3u);
}

}  // namespace
}  // namespace tenon
