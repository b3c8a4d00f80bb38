#include "backend_threads/barrier.h"

namespace tenon {

void Barrier::ArriveAndWait(uint32_t threads) noexcept {
  const uint64_t round = round_.value();
  if (!Arrive(threads, round)) round_.WaitWhile(round);
}

void Barrier::Arrive(uint32_t threads) noexcept {
  Arrive(threads, round_.value());
}

bool Barrier::Arrive(uint32_t threads, uint64_t round) noexcept {
  if (arrived_.fetch_add(1) + 1 < threads) return false;
  arrived_.store(0);
  round_.Set(round + 1);
  return true;
}

}  // namespace tenon
