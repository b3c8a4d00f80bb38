// A Plan is what is left of a graph after Bind(): a flat list of kernel calls
// with every address resolved.  Replaying it cannot fail, allocate or look
// anything up.
#ifndef TENON_PLAN_H_
#define TENON_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tenon/kernel.h"

namespace tenon {

struct Step {
  KernelFn run;
  ItemsFn items;
  const KernelArgs* args;  // owned by the Plan's maker
  uint32_t node;           // index into Graph::nodes, for reports
  bool barrier;            // wait for all earlier steps before this one
};

struct Plan {
  std::vector<Step> steps;
  // Of StepContext::activations; exact, even if this program cannot address
  // as many.
  uint64_t arena_bytes = 0;
  uint32_t max_tokens = 0;   // T <= max_tokens
  uint32_t max_outputs = 0;  // R <= max_outputs
};

}  // namespace tenon

#endif  // TENON_PLAN_H_
