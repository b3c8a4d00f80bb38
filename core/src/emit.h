// Emits one plan: addresses, barriers and kernel calls for one phase.
#ifndef TENON_SRC_EMIT_H_
#define TENON_SRC_EMIT_H_

#include <cstdint>
#include <vector>

#include "src/kernel_choice.h"
#include "tenon/bind.h"

namespace tenon {

// A node's operands, with everything but addresses.  Weights are absent where
// an optional one is; `attrs` points into `node`.
KernelArgs ResolveArgs(const Graph& graph, const Node& node,
                       const std::vector<const PackedLayout*>& layouts);

// Bounds of a plan: T <= tokens, R <= outputs.
struct PlanSize {
  uint32_t tokens, outputs;
};

// Appends the arguments of every node to bound.args and bound.uses and returns
// the plan over them.  `choices`: one per node of bound.graph.
Plan EmitPlan(BoundGraph& bound, const std::vector<KernelChoice>& choices,
              PlanSize size);

}  // namespace tenon

#endif  // TENON_SRC_EMIT_H_
