#include "src/arena_plan.h"

#include <algorithm>
#include <numeric>

#include "tenon/arena.h"

namespace tenon {
namespace {

bool Together(const Lifetime& a, const Lifetime& b) {
  return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

std::vector<uint32_t> LargestFirst(const std::vector<Lifetime>& lifetimes) {
  std::vector<uint32_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::stable_sort(order, [&](uint32_t a, uint32_t b) {
    return lifetimes[a].bytes > lifetimes[b].bytes;
  });
  return order;
}

}  // namespace

ArenaPlan PlanArena(const std::vector<Lifetime>& lifetimes) {
  ArenaPlan plan;
  plan.offsets.resize(lifetimes.size());
  std::vector<uint32_t> placed;  // by ascending offset
  for (uint32_t i : LargestFirst(lifetimes)) {
    const uint64_t bytes = AlignUp(lifetimes[i].bytes);
    uint64_t offset = 0;
    for (uint32_t other : placed) {
      if (!Together(lifetimes[i], lifetimes[other])) continue;
      if (offset + bytes <= plan.offsets[other]) break;
      offset = std::max(offset,
                        plan.offsets[other] + AlignUp(lifetimes[other].bytes));
    }
    plan.offsets[i] = offset;
    plan.bytes = std::max(plan.bytes, offset + bytes);
    placed.insert(
        std::ranges::upper_bound(placed, offset, {},
                                 [&](uint32_t p) { return plan.offsets[p]; }),
        i);
  }
  return plan;
}

}  // namespace tenon
