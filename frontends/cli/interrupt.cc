#include "cli/interrupt.h"

#include <csignal>

namespace tenon::cli {
namespace {

std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);  // for the handler

void OnInterrupt(int) {
  interrupted.store(true, std::memory_order_relaxed);
  std::signal(SIGINT, SIG_DFL);
}

}  // namespace

const std::atomic<bool>* CatchInterrupts() {
  std::signal(SIGINT, OnInterrupt);
  return &interrupted;
}

}  // namespace tenon::cli
