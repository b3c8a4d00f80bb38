// Which chunk of a run comes next, and when it may begin.
#ifndef BACKEND_THREADS_SCHEDULE_H_
#define BACKEND_THREADS_SCHEDULE_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "backend_threads/signal.h"
#include "tenon/plan.h"

namespace tenon {

// Some items of one step, to be run by one worker.
struct Chunk {
  uint32_t step;  // index into Plan::steps
  Range items;
};

// Hands out the chunks of a plan in order.  A chunk waits for the chunks
// before the last barrier, and for nothing else: whoever holds no chunk, such
// as a worker that the system does not let run, holds up nobody.  So it may
// still be looking for chunks of a run that has ended; then it finds none.
class Schedule {
 public:
  // A worker's place in a run.
  struct Place {
    explicit Place(uint64_t its_run) : run(static_cast<uint32_t>(its_run)) {}

    uint32_t run;  // the low bits are enough: nobody is so late
    uint32_t step = 0;
    uint32_t done = 0;  // chunks that the others do not know of yet
  };

  // Who waits for chunks looks for `spin` before it sleeps.
  explicit Schedule(std::chrono::nanoseconds spin) : done_(spin) {}

  // Offers the chunks of `plan` to Places of `run`, a number that no run
  // before had.  False: there is no memory.
  // REQUIRES: all chunks of the run before are done; one caller.
  bool Begin(const Plan& plan, const StepContext& ctx, uint32_t workers,
             uint64_t run) noexcept;
  // Returns when all chunks of the run are done.
  void WaitForAll() noexcept { done_.WaitFor(goal_); }

  // The chunk that the worker at `place` is to run now; waits until it may
  // begin.  Nothing: none is left.  Asking again says that the last is done.
  std::optional<Chunk> Take(Place& place) noexcept;

 private:
  // A step.  Written while late workers of an earlier run may still read.
  struct Stage {
    // Returns how many chunks that makes.
    uint32_t Cut(uint32_t count, uint32_t workers) noexcept;
    Range ItemsOf(uint32_t chunk) const noexcept;

    std::atomic<uint32_t> items;
    std::atomic<uint32_t> size;  // of a chunk
    std::atomic<uint32_t> end;   // chunks of the run up to and with this step
    std::atomic<uint64_t> gate;  // what `done_` must reach before
  };
  struct Table {
    size_t size;
    std::unique_ptr<Stage[]> stages;
    std::unique_ptr<Table> smaller;  // late workers may still read it
  };

  bool Reserve(size_t steps) noexcept;
  // Returns what `done_` will be after the run.
  uint64_t Fill(const Plan& plan, const StepContext& ctx,
                uint32_t workers) noexcept;
  const Stage* Find(uint64_t next, Place& place) const noexcept;
  void Tell(Place& place) noexcept;

  std::unique_ptr<Table> owned_;
  std::atomic<const Table*> table_ = nullptr;
  uint64_t goal_ = 0;                           // `done_` after this run
  alignas(64) std::atomic<uint64_t> next_ = 0;  // run << 32 | chunk
  Signal done_;                                 // chunks of all runs
};

}  // namespace tenon

#endif  // BACKEND_THREADS_SCHEDULE_H_
