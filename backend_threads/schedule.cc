#include "backend_threads/schedule.h"

#include <algorithm>
#include <new>
#include <utility>

namespace tenon {
namespace {

// No chunk has this number.
constexpr uint32_t kClosed = UINT32_MAX;

uint64_t Number(uint64_t run, uint32_t chunk) noexcept {
  return run << 32 | chunk;
}

// Items of a chunk.
uint32_t SizeOf(uint32_t items, uint32_t workers) noexcept {
  constexpr uint32_t kChunks = 8;  // per worker, if all are equally fast
  return std::max(items / (workers * kChunks), 1u);
}

uint32_t CountOf(uint32_t items, uint32_t size) noexcept {
  return items / size + (items % size != 0);
}

}  // namespace

// The new table is larger, so nobody runs out of the bounds of either.
bool Schedule::Reserve(size_t steps) noexcept {
  if (owned_ != nullptr && steps <= owned_->size) return true;
  std::unique_ptr<Stage[]> stages(new (std::nothrow) Stage[steps]);
  std::unique_ptr<Table> table(new (std::nothrow) Table);
  if (stages == nullptr || table == nullptr) return false;
  *table = {steps, std::move(stages), std::move(owned_)};
  owned_ = std::move(table);
  table_.store(owned_.get(), std::memory_order_release);
  return true;
}

bool Schedule::Begin(const Plan& plan, const StepContext& ctx, uint32_t workers,
                     uint64_t run) noexcept {
  next_.store(Number(run, kClosed), std::memory_order_release);
  if (!Reserve(plan.steps.size())) return false;
  goal_ = Fill(plan, ctx, workers);
  next_.store(Number(run, 0), std::memory_order_release);
  return true;
}

// Released, so that a late worker that reads any of it also finds its own run
// closed, and takes nothing.
uint64_t Schedule::Fill(const Plan& plan, const StepContext& ctx,
                        uint32_t workers) noexcept {
  const uint64_t base = done_.value();
  uint64_t gate = base;
  uint32_t end = 0;
  for (size_t i = 0; i < owned_->size; ++i) {
    Stage& stage = owned_->stages[i];
    if (i < plan.steps.size()) {
      const Step& step = plan.steps[i];
      if (step.barrier) gate = base + end;
      end += stage.Cut(step.items(*step.args, ctx), workers);
    }
    stage.gate.store(gate, std::memory_order_release);
    stage.end.store(end, std::memory_order_release);
  }
  return base + end;
}

uint32_t Schedule::Stage::Cut(uint32_t count, uint32_t workers) noexcept {
  const uint32_t chunk = SizeOf(count, workers);
  items.store(count, std::memory_order_release);
  size.store(chunk, std::memory_order_release);
  return CountOf(count, chunk);
}

Range Schedule::Stage::ItemsOf(uint32_t chunk) const noexcept {
  const uint32_t count = items.load(), each = size.load();
  const uint32_t first = end.load() - CountOf(count, each);
  const uint32_t begin = (chunk - first) * each;
  return {begin, std::min(begin + each, count)};
}

std::optional<Chunk> Schedule::Take(Place& place) noexcept {
  while (true) {
    uint64_t next = next_.load(std::memory_order_acquire);
    const Stage* stage = Find(next, place);
    if (stage == nullptr) {
      Tell(place);
      return std::nullopt;
    }
    const uint64_t gate = stage->gate.load(std::memory_order_acquire);
    if (done_.value() < gate) {
      Tell(place);
      done_.WaitFor(gate);
    } else if (next_.compare_exchange_strong(next, next + 1)) {
      ++place.done;
      return Chunk{place.step, stage->ItemsOf(static_cast<uint32_t>(next))};
    }
  }
}

const Schedule::Stage* Schedule::Find(uint64_t next,
                                      Place& place) const noexcept {
  if (next >> 32 != place.run) return nullptr;
  const uint32_t chunk = static_cast<uint32_t>(next);
  const Table& table = *table_.load(std::memory_order_acquire);
  while (place.step < table.size &&
         table.stages[place.step].end.load(std::memory_order_acquire) <= chunk)
    ++place.step;
  return place.step < table.size ? &table.stages[place.step] : nullptr;
}

// Only now, as one who waits for chunks waits for all of them.
void Schedule::Tell(Place& place) noexcept {
  if (place.done > 0) done_.Add(std::exchange(place.done, 0));
}

}  // namespace tenon
