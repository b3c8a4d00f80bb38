// Places values in one arena by their lifetimes.
#ifndef TENON_SRC_ARENA_PLAN_H_
#define TENON_SRC_ARENA_PLAN_H_

#include <cstdint>
#include <vector>

namespace tenon {

// One value: alive from the step that makes it to the last step that reads it,
// both included.
struct Lifetime {
  uint64_t bytes;  // 0: needs no place
  uint32_t first_step, last_step;
};

struct ArenaPlan {
  std::vector<uint64_t> offsets;  // parallel to the lifetimes
  uint64_t bytes = 0;             // of the arena
};

// Values alive at the same step never overlap; all offsets are multiples of
// kAlignment.  Greedy by size: the largest first, each at the lowest offset
// that is free during its lifetime (Pisarchyk and Lee 2020).
ArenaPlan PlanArena(const std::vector<Lifetime>& lifetimes);

}  // namespace tenon

#endif  // TENON_SRC_ARENA_PLAN_H_
