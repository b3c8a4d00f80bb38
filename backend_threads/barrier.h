// A barrier for a number of threads that may change from round to round.
#ifndef BACKEND_THREADS_BARRIER_H_
#define BACKEND_THREADS_BARRIER_H_

#include <atomic>
#include <chrono>
#include <cstdint>

#include "backend_threads/signal.h"

namespace tenon {

// All threads of a round name the same number of `threads`, and a round ends
// when so many have arrived.  What they wrote before is then visible to all
// that wait.
class Barrier {
 public:
  explicit Barrier(std::chrono::nanoseconds spin) : round_(spin) {}

  void ArriveAndWait(uint32_t threads) noexcept;
  // Does not wait.  A thread that leaves so must not arrive again before it
  // knows that the round has ended.
  void Arrive(uint32_t threads) noexcept;

 private:
  // Returns whether this ended `round`.
  bool Arrive(uint32_t threads, uint64_t round) noexcept;

  Signal round_;
  alignas(64) std::atomic<uint32_t> arrived_ = 0;
};

}  // namespace tenon

#endif  // BACKEND_THREADS_BARRIER_H_
