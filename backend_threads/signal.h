// A number that threads wait for.
#ifndef BACKEND_THREADS_SIGNAL_H_
#define BACKEND_THREADS_SIGNAL_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace tenon {

// One thread at a time changes the number; any thread may wait for a change.
// What was written before Set() is visible after the value is.
class Signal {
 public:
  // A thread that waits looks at the number for `spin` before it sleeps.
  explicit Signal(std::chrono::nanoseconds spin) : spin_(spin) {}

  uint64_t value() const noexcept { return value_.load(); }
  void Set(uint64_t value) noexcept;
  // Returns the first value seen that is not `old`.
  uint64_t WaitWhile(uint64_t old) noexcept;

 private:
  uint64_t Spin(uint64_t old) const noexcept;
  uint64_t Sleep(uint64_t old) noexcept;

  const std::chrono::nanoseconds spin_;
  alignas(64) std::atomic<uint64_t> value_ = 0;
  std::atomic<uint32_t> sleepers_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace tenon

#endif  // BACKEND_THREADS_SIGNAL_H_
