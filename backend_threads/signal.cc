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

// Sequentially consistent throughout: either Set() sees the sleeper, or the
// sleeper, which looks again once it is counted, sees the new value.
void Signal::Set(uint64_t value) noexcept {
  value_.store(value);
  if (sleepers_.load() == 0) return;
  // Whoever is counted holds the mutex until it waits for `changed_`.
  {
    const std::lock_guard lock(mutex_);
  }
  changed_.notify_all();
}

uint64_t Signal::WaitWhile(uint64_t old) noexcept {
  const uint64_t value = Spin(old);
  return value != old ? value : Sleep(old);
}

uint64_t Signal::Spin(uint64_t old) const noexcept {
  using Clock = std::chrono::steady_clock;
  constexpr int kLooks = 16;  // between looks at the clock
  const auto end = Clock::now() + spin_;
  do {
    for (int i = 0; i < kLooks; ++i) {
      if (const uint64_t value = value_.load(); value != old) return value;
      Pause();
    }
  } while (Clock::now() < end);
  return old;
}

uint64_t Signal::Sleep(uint64_t old) noexcept {
  std::unique_lock lock(mutex_);
  sleepers_.fetch_add(1);
  changed_.wait(lock, [&] { return value_.load() != old; });
  sleepers_.fetch_sub(1);
  return value_.load();
}

}  // namespace tenon
