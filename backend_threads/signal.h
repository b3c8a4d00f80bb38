// A number that threads wait for.
#ifndef BACKEND_THREADS_SIGNAL_H_
#define BACKEND_THREADS_SIGNAL_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace tenon {

// The number only grows; any thread may raise it, and any may wait for it.
// What was written before it was raised is visible to who sees the new value.
class Signal {
 public:
  // A thread that waits looks at the number for `spin` before it sleeps.
  explicit Signal(std::chrono::nanoseconds spin) : spin_(spin) {}

  uint64_t value() const noexcept { return value_.load(); }
  void Add(uint64_t count) noexcept;
  // Returns the value, which is `least` or more.
  uint64_t WaitFor(uint64_t least) noexcept;

 private:
  bool Spin(uint64_t least) const noexcept;
  void Sleep(uint64_t least) noexcept;

  const std::chrono::nanoseconds spin_;
  alignas(64) std::atomic<uint64_t> value_ = 0;
  std::atomic<uint32_t> sleepers_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace tenon

#endif  // BACKEND_THREADS_SIGNAL_H_
