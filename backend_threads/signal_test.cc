#include "backend_threads/signal.h"

#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace tenon {
namespace {

using std::chrono::microseconds;

class SignalTest : public testing::TestWithParam<int> {  // spin, µs
 protected:
  Signal signal_{microseconds(GetParam())};
};

// In each round every thread writes its own cell and then reads its
// neighbour's.
TEST_P(SignalTest, ShowsWhatWasWrittenBefore) {
  constexpr uint32_t kThreads = 4;
  constexpr uint64_t kRounds = 1000;
  uint64_t cells[kThreads] = {}, wrong[kThreads] = {};
  const auto run = [&](uint32_t self) {
    for (uint64_t round = 1; round <= 2 * kRounds; round += 2) {
      cells[self] = round;
      signal_.Add(1);
      signal_.WaitFor(kThreads * round);
      wrong[self] += cells[(self + 1) % kThreads] != round;
      signal_.Add(1);
      signal_.WaitFor(kThreads * (round + 1));
    }
  };
  std::vector<std::thread> threads;
  for (uint32_t i = 0; i < kThreads; ++i) threads.emplace_back(run, i);
  for (std::thread& thread : threads) thread.join();
  for (uint64_t count : wrong) EXPECT_EQ(count, 0u);
}

TEST_P(SignalTest, WakesASleeperWhenThereIsEnough) {
  uint64_t seen = 0;
  std::thread waiter([&] { seen = signal_.WaitFor(3); });
  std::this_thread::sleep_for(microseconds(200));
  signal_.Add(2);
  std::this_thread::sleep_for(microseconds(200));
  signal_.Add(2);
  waiter.join();
  EXPECT_EQ(seen, 4u);
}

TEST_P(SignalTest, DoesNotWaitForWhatHasHappened) {
  signal_.Add(3);
  EXPECT_EQ(signal_.WaitFor(2), 3u);
  EXPECT_EQ(signal_.value(), 3u);
}

INSTANTIATE_TEST_SUITE_P(Spin, SignalTest, testing::Values(0, 5, 50));

}  // namespace
}  // namespace tenon
