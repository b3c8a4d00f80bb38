// Executors replay plans.  They own no ops: the inline executor of the core
// and a thread pool run the same plan over the same kernels and produce the
// same bits.
#ifndef TENON_EXECUTOR_H_
#define TENON_EXECUTOR_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "tenon/plan.h"

namespace tenon {

// Scratch of all workers: worker w uses [base + w * stride, + stride).
struct Scratch {
  std::byte* base = nullptr;
  size_t stride = 0;
};

class Executor {
 public:
  virtual ~Executor() = default;

  // How many workers share a step, the calling thread among them.  At least 1.
  virtual uint32_t workers() const noexcept = 0;
  // From now on, only so many share a step: from 1 to as many as the executor
  // was created with.  REQUIRES: no Run() meanwhile.
  virtual void Limit(uint32_t workers) noexcept = 0;

  // Replays `plan` and returns when its results are in memory.
  // Threads: calls from several threads are allowed and take turns.
  virtual void Run(const Plan& plan, const StepContext& ctx,
                   const Scratch& scratch) noexcept = 0;
};

// What an executor plugin brings.
struct ExecutorFactory {
  // `threads`: how many workers; 0: as many as there are physical cores that
  // this process may use.  Returns nullptr when threads cannot be started.
  std::unique_ptr<Executor> (*create)(uint32_t threads);
};

// Runs everything on the calling thread.  Debug builds run items one by one
// and backwards, which exposes kernels that depend on the order.
std::unique_ptr<Executor> MakeInlineExecutor();

}  // namespace tenon

#endif  // TENON_EXECUTOR_H_
