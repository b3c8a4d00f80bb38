#include "src/emit.h"

#include <algorithm>

#include "src/arena_plan.h"
#include "src/hazards.h"
#include "tenon/arena.h"

namespace tenon {
namespace {

Operand OperandFor(const Value& value) {
  return {0, RowBytes(value.dtype, value.cols), value.cols, value.rows,
          value.dtype};
}

const void* AttrsOf(const Node& node) {
  if (const auto* custom = std::get_if<CustomAttrs>(&node.attrs))
    return custom->data;
  return std::visit([](const auto& a) -> const void* { return &a; },
                    node.attrs);
}

uint64_t ValueBytes(const Value& value, PlanSize size) {
  const uint64_t rows =
      value.rows == Rows::kTokens ? size.tokens : size.outputs;
  return rows * RowBytes(value.dtype, value.cols);
}

// Values that no node makes (a fusion swallowed them) get no place.
std::vector<Lifetime> LifetimesOf(const Graph& graph, PlanSize size) {
  std::vector<Lifetime> lifetimes(graph.values.size(), Lifetime{0, 0, 0});
  const auto steps = static_cast<uint32_t>(graph.nodes.size());
  for (uint32_t step = 0; step < steps; ++step) {
    const Node& node = graph.nodes[step];
    if (node.output != ValueId::kNone) {
      lifetimes[Index(node.output)] = {
          ValueBytes(graph.value(node.output), size), step, step};
    }
    for (ValueId in : node.inputs) lifetimes[Index(in)].last_step = step;
  }
  for (ValueId id : {graph.hidden, graph.logits})
    lifetimes[Index(id)].last_step = steps;
  return lifetimes;
}

std::vector<Region> RegionsOf(const Graph& graph, const Node& node,
                              const std::vector<uint64_t>& offsets,
                              PlanSize size) {
  std::vector<Region> regions;
  const auto add = [&](ValueId id, bool written) {
    const uint64_t begin = offsets[Index(id)];
    regions.push_back({Region::kArena, begin,
                       begin + ValueBytes(graph.value(id), size), written});
  };
  for (ValueId in : node.inputs) add(in, false);
  if (node.output != ValueId::kNone) add(node.output, true);
  for (StateId state : node.states) {
    regions.push_back(
        {static_cast<uint32_t>(state), 0, 1, node.op != OpKind::kAttention});
  }
  return regions;
}

// Where an offset is no size_t there is no such arena, and the plan never runs.
void Place(KernelArgs& args, const Node& node,
           const std::vector<uint64_t>& offsets) {
  const auto at = [&](ValueId id) {
    return static_cast<size_t>(offsets[Index(id)]);
  };
  for (size_t k = 0; k < node.inputs.size(); ++k)
    args.in[k].offset = at(node.inputs[k]);
  if (node.output != ValueId::kNone) args.out.offset = at(node.output);
}

}  // namespace

KernelArgs ResolveArgs(const Graph& graph, const Node& node,
                       const std::vector<const PackedLayout*>& layouts) {
  KernelArgs args;
  if (node.output != ValueId::kNone)
    args.out = OperandFor(graph.value(node.output));
  for (size_t k = 0; k < node.inputs.size(); ++k)
    args.in[k] = OperandFor(graph.value(node.inputs[k]));
  for (size_t k = 0; k < node.weights.size(); ++k) {
    const Weight& w = graph.weight(node.weights[k]);
    const bool canonical = layouts[Index(node.weights[k])] == nullptr;
    args.weight[k] = {nullptr, canonical ? RowBytes(w.dtype, w.cols) : 0,
                      w.rows, w.cols, w.dtype};
  }
  for (size_t k = 0; k < node.states.size(); ++k) {
    const StateSpec& s = graph.state(node.states[k]);
    args.state[k] = {static_cast<uint32_t>(node.states[k]),
                     RowBytes(s.dtype, s.cols), s.cols, s.dtype};
  }
  args.attrs = AttrsOf(node);
  return args;
}

Plan EmitPlan(BoundGraph& bound, const std::vector<KernelChoice>& choices,
              PlanSize size) {
  const Graph& graph = bound.graph;
  const ArenaPlan arena = PlanArena(LifetimesOf(graph, size));
  Plan plan;
  plan.arena_bytes = arena.bytes;
  plan.max_tokens = size.tokens;
  plan.max_outputs = size.outputs;
  Hazards hazards;
  for (uint32_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    KernelArgs& args =
        bound.args.emplace_back(ResolveArgs(graph, node, bound.layouts));
    Place(args, node, arena.offsets);
    const KernelEntry& kernel = *choices[i].entry;
    bound.uses.push_back({kernel.scratch, size.tokens, node.weights});
    const bool barrier =
        hazards.NeedsBarrier(RegionsOf(graph, node, arena.offsets, size));
    plan.steps.push_back({kernel.run, kernel.items, &args, i, barrier});
  }
  return plan;
}

}  // namespace tenon
