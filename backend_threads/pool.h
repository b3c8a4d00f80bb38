// Workers that replay plans together.
#ifndef BACKEND_THREADS_POOL_H_
#define BACKEND_THREADS_POOL_H_

#include <pthread.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "backend_threads/barrier.h"
#include "backend_threads/signal.h"
#include "tenon/executor.h"

namespace tenon {

// Every worker walks the whole plan and takes chunks of each step's items until
// none are left: one that the system slows down takes fewer.  Workers meet
// where a step asks for it and at the end; between runs they sleep.  Worker 0
// is the thread that calls Run().
class Pool : public Executor {
 public:
  static constexpr uint32_t kMaxWorkers = 1024;

  // `workers`, at least 1, with the calling one.  Returns nullptr if so many
  // threads cannot be started or there are more than kMaxWorkers.
  static std::unique_ptr<Pool> Create(uint32_t workers);
  ~Pool() override;

  uint32_t workers() const noexcept override { return workers_; }

  // Steps of fewer items than workers occupy as many workers as there are
  // items; if all steps are like that, the others are not even woken.
  void Run(const Plan& plan, const StepContext& ctx,
           const Scratch& scratch) noexcept override;

 private:
  // What a worker's thread needs to know.  Not a std::thread, which reports
  // that it cannot start by an exception.
  struct Seat {
    Pool* pool;
    uint32_t worker;
    pthread_t thread;
  };

  explicit Pool(uint32_t workers);
  bool StartThreads();
  static void* ThreadMain(void* seat);
  void Work(uint32_t worker) noexcept;
  void Walk(uint32_t worker, uint32_t team) noexcept;
  // Begins a run, or the end, for workers below `team`.
  void Call(uint32_t team) noexcept;
  // No item of so many steps is taken.  False: there is no memory.
  bool ResetTaken(size_t steps) noexcept;

  const uint32_t workers_;
  std::vector<Seat> seats_;  // of the threads that run: workers 1, 2, ...

  std::mutex turn_;  // held by the caller of Run()

  // The current run.  Only the team reads it, and it does not change before
  // the team has met at the end.
  const Plan* plan_ = nullptr;
  const StepContext* ctx_ = nullptr;
  Scratch scratch_;
  std::unique_ptr<std::atomic<uint32_t>[]> taken_;  // items of each step
  size_t taken_size_ = 0;

  std::atomic<bool> stop_ = false;
  Signal call_;  // count of calls << 16 | team
  Barrier barrier_;
};

}  // namespace tenon

#endif  // BACKEND_THREADS_POOL_H_
