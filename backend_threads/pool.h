// Workers that replay plans together.
#ifndef BACKEND_THREADS_POOL_H_
#define BACKEND_THREADS_POOL_H_

#include <pthread.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "backend_threads/schedule.h"
#include "backend_threads/signal.h"
#include "tenon/executor.h"

namespace tenon {

// Whoever is free takes the next chunk of a step's items: a worker that the
// system slows down takes fewer, and one that it does not let run takes none
// and holds up nobody.  Between runs the workers sleep.  Worker 0 is the thread
// that calls Run().
class Pool : public Executor {
 public:
  static constexpr uint32_t kMaxWorkers = 1024;

  // `workers`, at least 1, with the calling one.  Returns nullptr if so many
  // threads cannot be started or there are more than kMaxWorkers.
  static std::unique_ptr<Pool> Create(uint32_t workers);
  ~Pool() override;

  uint32_t workers() const noexcept override { return limit_; }
  // The threads of the others sleep until the next limit.
  void Limit(uint32_t workers) noexcept override;

  // A plan whose steps have one item each wakes nobody.
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
  // What a thread does until the end.
  void Serve(uint32_t worker) noexcept;
  void Work(uint32_t worker, uint64_t run) noexcept;
  // False: there is no memory for it.
  bool RunTogether(const Plan& plan, const StepContext& ctx,
                   const Scratch& scratch) noexcept;

  std::vector<Seat> seats_;  // of the threads that run: workers 1, 2, ...

  std::mutex turn_;  // held by the caller of Run()

  // The current run.  Only who holds one of its chunks reads it.
  const Plan* plan_ = nullptr;
  const StepContext* ctx_ = nullptr;
  Scratch scratch_;

  const std::unique_ptr<Executor> alone_;
  std::atomic<bool> stop_ = false;
  std::atomic<uint32_t> limit_;  // workers below it serve
  Signal limits_;                // how often that has changed
  Signal call_;                  // the number of the run
  Schedule schedule_;
};

}  // namespace tenon

#endif  // BACKEND_THREADS_POOL_H_
