#include "backend_threads/pool.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <thread>

namespace tenon {
namespace {

constexpr int kTeamBits = 16;
static_assert(Pool::kMaxWorkers < 1u << kTeamBits);

// Spans the usual wait at a barrier.   Spinning is no use to
// a thread that keeps the one it waits for from running.
std::chrono::nanoseconds SpinTime(uint32_t workers) {
  return std::chrono::microseconds(
      workers <= std::thread::hardware_concurrency() ? 50 : 0);
}

// Items that a worker takes at a time.
uint32_t ChunkOf(uint32_t items, uint32_t team) noexcept {
  constexpr uint32_t kChunks = 8;  // per worker, if all are equally fast
  return std::max(items / (team * kChunks), 1u);
}

// Items of the widest step; stops looking at `enough`.
uint32_t Width(const Plan& plan, const StepContext& ctx,
               uint32_t enough) noexcept {
  uint32_t width = 0;
  for (const Step& step : plan.steps) {
    width = std::max(width, step.items(*step.args, ctx));
    if (width >= enough) return enough;
  }
  return width;
}

}  // namespace

std::unique_ptr<Pool> Pool::Create(uint32_t workers) {
  if (workers > kMaxWorkers) return nullptr;
  std::unique_ptr<Pool> pool(new Pool(std::max(workers, 1u)));
  return pool->StartThreads() ? std::move(pool) : nullptr;
}

Pool::Pool(uint32_t workers)
    : workers_(workers),
      call_(SpinTime(workers)),
      barrier_(SpinTime(workers)) {}

bool Pool::StartThreads() {
  seats_.reserve(workers_ - 1);  // a Seat must not move
  for (uint32_t worker = 1; worker < workers_; ++worker) {
    Seat& seat = seats_.emplace_back(Seat{this, worker, {}});
    if (pthread_create(&seat.thread, nullptr, ThreadMain, &seat) != 0) {
      seats_.pop_back();
      return false;
    }
  }
  return true;
}

Pool::~Pool() {
  stop_ = true;
  Call(0);
  for (const Seat& seat : seats_) pthread_join(seat.thread, nullptr);
}

bool Pool::ResetTaken(size_t steps) noexcept {
  if (steps > taken_size_) {
    taken_.reset(new (std::nothrow) std::atomic<uint32_t>[steps]);
    taken_size_ = taken_ == nullptr ? 0 : steps;
    if (taken_ == nullptr) return false;
  }
  for (size_t i = 0; i < steps; ++i)
    taken_[i].store(0, std::memory_order_relaxed);
  return true;
}

void* Pool::ThreadMain(void* seat) {
  const Seat& self = *static_cast<const Seat*>(seat);
  self.pool->Work(self.worker);
  return nullptr;
}

void Pool::Call(uint32_t team) noexcept {
  const uint64_t calls = call_.value() >> kTeamBits;
  call_.Set((calls + 1) << kTeamBits | team);
}

void Pool::Work(uint32_t worker) noexcept {
  uint64_t call = 0;
  while (true) {
    call = call_.WaitWhile(call);
    if (stop_) return;
    const uint32_t team = call & ((1u << kTeamBits) - 1);
    if (worker >= team) continue;
    Walk(worker, team);
    barrier_.Arrive(team);
  }
}

void Pool::Run(const Plan& plan, const StepContext& ctx,
               const Scratch& scratch) noexcept {
  const std::lock_guard turn(turn_);
  plan_ = &plan;
  ctx_ = &ctx;
  scratch_ = scratch;
  const uint32_t team = ResetTaken(plan.steps.size())
                            ? std::max(Width(plan, ctx, workers_), 1u)
                            : 1;
  if (team > 1) Call(team);
  Walk(0, team);
  if (team > 1) barrier_.ArriveAndWait(team);
}

void Pool::Walk(uint32_t worker, uint32_t team) noexcept {
  std::byte* const scratch = scratch_.base + worker * scratch_.stride;
  for (size_t i = 0; i < plan_->steps.size(); ++i) {
    const Step& step = plan_->steps[i];
    if (step.barrier && team > 1) barrier_.ArriveAndWait(team);
    const uint32_t items = step.items(*step.args, *ctx_);
    if (team == 1) {
      if (items > 0) step.run(*step.args, *ctx_, {0, items}, scratch);
      continue;
    }
    const uint32_t chunk = ChunkOf(items, team);
    uint32_t begin;
    while ((begin = taken_[i].fetch_add(chunk, std::memory_order_relaxed)) <
           items)
      step.run(*step.args, *ctx_, {begin, std::min(begin + chunk, items)},
               scratch);
  }
}

}  // namespace tenon
