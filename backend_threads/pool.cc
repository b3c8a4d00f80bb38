#include "backend_threads/pool.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace tenon {
namespace {

// Longer than the usual wait for the others.  Spinning is no use to a thread
// that keeps the one it waits for from running.
std::chrono::nanoseconds SpinTime(uint32_t workers) {
  return std::chrono::microseconds(
      workers <= std::thread::hardware_concurrency() ? 50 : 0);
}

bool CanShare(const Plan& plan, const StepContext& ctx) noexcept {
  return std::ranges::any_of(plan.steps, [&](const Step& step) {
    return step.items(*step.args, ctx) > 1;
  });
}

}  // namespace

std::unique_ptr<Pool> Pool::Create(uint32_t workers) {
  if (workers > kMaxWorkers) return nullptr;
  std::unique_ptr<Pool> pool(new Pool(std::max(workers, 1u)));
  return pool->StartThreads() ? std::move(pool) : nullptr;
}

Pool::Pool(uint32_t workers)
    : alone_(MakeInlineExecutor()),
      limit_(workers),
      limits_(std::chrono::nanoseconds(0)),
      call_(SpinTime(workers)),
      schedule_(SpinTime(workers)) {}

bool Pool::StartThreads() {
  const uint32_t workers = limit_;
  seats_.reserve(workers - 1);  // a Seat must not move
  for (uint32_t worker = 1; worker < workers; ++worker) {
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
  call_.Add(1);
  limits_.Add(1);
  for (const Seat& seat : seats_) pthread_join(seat.thread, nullptr);
}

void Pool::Limit(uint32_t workers) noexcept {
  limit_ = std::clamp(workers, 1u, static_cast<uint32_t>(seats_.size()) + 1);
  limits_.Add(1);
}

void* Pool::ThreadMain(void* seat) {
  const Seat& self = *static_cast<const Seat*>(seat);
  self.pool->Serve(self.worker);
  return nullptr;
}

void Pool::Serve(uint32_t worker) noexcept {
  for (uint64_t run = 0; !stop_;) {
    const uint64_t limits = limits_.value();
    if (worker >= limit_) {
      limits_.WaitFor(limits + 1);
      continue;
    }
    run = call_.WaitFor(run + 1);
    if (!stop_ && worker < limit_) Work(worker, run);
  }
}

void Pool::Run(const Plan& plan, const StepContext& ctx,
               const Scratch& scratch) noexcept {
  const std::lock_guard turn(turn_);
  if (limit_ == 1 || !CanShare(plan, ctx) || !RunTogether(plan, ctx, scratch))
    alone_->Run(plan, ctx, scratch);
}

bool Pool::RunTogether(const Plan& plan, const StepContext& ctx,
                       const Scratch& scratch) noexcept {
  plan_ = &plan;
  ctx_ = &ctx;
  scratch_ = scratch;
  const uint64_t run = call_.value() + 1;
  if (!schedule_.Begin(plan, ctx, limit_, run)) return false;
  call_.Add(1);
  Work(0, run);
  schedule_.WaitForAll();
  return true;
}

void Pool::Work(uint32_t worker, uint64_t run) noexcept {
  Schedule::Place place(run);
  while (const std::optional<Chunk> chunk = schedule_.Take(place)) {
    const Step& step = plan_->steps[chunk->step];
    step.run(*step.args, *ctx_, chunk->items,
             scratch_.base + worker * scratch_.stride);
  }
}

}  // namespace tenon
