#include "backend_threads/signal.h"

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace tenon {
namespace {

// Leaves the core to its other hardware thread for a moment.
void Pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

// Sequentially consistent throughout: either Add() sees the sleeper, or the
// sleeper, which looks again once it is counted, sees the new value.
void Signal::Add(uint64_t count) noexcept {
  value_.fetch_add(count);
  if (sleepers_.load() == 0) return;
  // Whoever is counted holds the mutex until it waits for `changed_`.
  {
    const std::lock_guard lock(mutex_);
  }
  changed_.notify_all();
}

uint64_t Signal::WaitFor(uint64_t least) noexcept {
  if (value() < least && !Spin(least)) Sleep(least);
  return value();
}

bool Signal::Spin(uint64_t least) const noexcept {
  using Clock = std::chrono::steady_clock;
  constexpr int kLooks = 16;  // between looks at the clock
  const auto end = Clock::now() + spin_;
  do {
    for (int i = 0; i < kLooks; ++i) {
      if (value() >= least) return true;
      Pause();
    }
  } while (Clock::now() < end);
  return false;
}

void Signal::Sleep(uint64_t least) noexcept {
  std::unique_lock lock(mutex_);
  sleepers_.fetch_add(1);
  changed_.wait(lock, [&] { return value() >= least; });
  sleepers_.fetch_sub(1);
}

}  // namespace tenon
