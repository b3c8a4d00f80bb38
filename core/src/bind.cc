#include "tenon/bind.h"

#include <algorithm>
#include <deque>

#include "absl/strings/str_cat.h"
#include "src/activations.h"
#include "src/emit.h"
#include "src/kernel_choice.h"
#include "src/rewrite.h"
#include "tenon/arena.h"

namespace tenon {
namespace {

// Rows of quantised weights are whole blocks.
Status VerifyWeights(const Graph& graph) {
  for (const Weight& w : graph.weights) {
    if (w.cols % Info(w.dtype).block_elements != 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("tensor '", w.name, "': rows of ", w.cols,
                       " are not whole blocks of ", Name(w.dtype)));
    }
  }
  return absl::OkStatus();
}

// A custom op as a kernel entry, so that all nodes are emitted alike.
KernelChoice CustomChoice(const Node& node, std::deque<KernelEntry>& custom) {
  const CustomOp& op = *std::get_if<CustomAttrs>(&node.attrs)->op;
  custom.push_back({OpKind::kCustom, DType::kF32, DType::kF32, op.run, op.items,
                    op.name, op.scratch});
  return {&custom.back(), "its plugin", ""};
}

Status NoKernel(const Node& node, const KernelChoice& choice) {
  return absl::UnimplementedError(
      absl::StrCat("[", node.name, "] ", choice.refused));
}

std::string LayoutName(const BoundGraph& bound, const Node& node) {
  if (node.weights.empty()) return "";
  const PackedLayout* layout = bound.layouts[Index(node.weights[0])];
  return layout == nullptr ? "rows" : layout->id;
}

class Binder {
 public:
  Binder(BoundGraph& bound, std::span<const NamedBackend> backends)
      : bound_(bound), backends_(backends) {
    for (const Node& node : bound.graph.nodes)
      args_.push_back(ResolveArgs(bound.graph, node, NoLayouts()));
    bound.layouts = ChooseLayouts(bound.graph, backends, args_);
  }

  StatusOr<Plan> BindPhase(Phase phase, PlanSize size) {
    std::vector<KernelChoice> choices;
    for (size_t i = 0; i < bound_.graph.nodes.size(); ++i) {
      choices.push_back(Choose(i, phase));
      if (choices.back().entry == nullptr)
        return NoKernel(bound_.graph.nodes[i], choices.back());
    }
    Plan plan = EmitPlan(bound_, choices, size);
    Report(phase, choices, plan);
    return plan;
  }

 private:
  std::vector<const PackedLayout*> NoLayouts() const {
    return std::vector<const PackedLayout*>(bound_.graph.weights.size());
  }

  KernelChoice Choose(size_t i, Phase phase) {
    const Node& node = bound_.graph.nodes[i];
    if (node.op == OpKind::kCustom) return CustomChoice(node, custom_);
    KernelQuery query = QueryFor(bound_.graph, node, phase, args_[i]);
    if (!node.weights.empty())
      query.layout = bound_.layouts[Index(node.weights[0])];
    return ChooseKernel(backends_, query);
  }

  void Report(Phase phase, const std::vector<KernelChoice>& choices,
              const Plan& plan) {
    for (size_t i = 0; i < choices.size(); ++i) {
      const Node& node = bound_.graph.nodes[i];
      bound_.report.lines.push_back(
          {phase, node.name, node.op, choices[i].entry->name,
           std::string(choices[i].backend), LayoutName(bound_, node),
           choices[i].refused, plan.steps[i].barrier});
    }
  }

  BoundGraph& bound_;
  std::span<const NamedBackend> backends_;
  std::vector<KernelArgs> args_;    // without addresses: what kernels judge
  std::deque<KernelEntry> custom_;  // entries of custom ops
};

// Where a value lies in the plan whose arguments start at args[first].
Operand FindOperand(const BoundGraph& bound, size_t first, ValueId value) {
  for (size_t i = 0; i < bound.graph.nodes.size(); ++i)
    if (bound.graph.nodes[i].output == value) return bound.args[first + i].out;
  return {};
}

}  // namespace

StatusOr<BoundGraph> Bind(Graph graph, std::span<const NamedBackend> backends,
                          const BindOptions& options) {
  TENON_RETURN_IF_ERROR(VerifyWeights(graph));
  BoundGraph bound;
  bound.graph = std::move(graph);
  std::vector<std::string>& rewrites = bound.report.rewrites;
  const OpSet ops = OpsOf(backends);
  rewrites = Rewrite(bound.graph, ops);
  if (options.activations == Activations::kInt8) {
    QuantizeActivations(bound.graph, backends);
    std::ranges::move(Rewrite(bound.graph, ops), std::back_inserter(rewrites));
  }

  Binder binder(bound, backends);
  const uint32_t tokens = std::max(1u, options.max_tokens);
  const uint32_t outputs = std::clamp(options.max_outputs, 1u, tokens);
  TENON_ASSIGN_OR_RETURN(bound.prefill,
                         binder.BindPhase(kPrefill, {tokens, outputs}));
  TENON_ASSIGN_OR_RETURN(bound.decode, binder.BindPhase(kDecode, {1, 1}));

  const size_t nodes = bound.graph.nodes.size();
  for (size_t p = 0; p < 2; ++p) {
    bound.hidden[p] = FindOperand(bound, p * nodes, bound.graph.hidden);
    bound.logits[p] = FindOperand(bound, p * nodes, bound.graph.logits);
  }
  return bound;
}

void BoundGraph::AttachWeights(std::span<const std::byte* const> data) {
  for (size_t i = 0; i < args.size(); ++i)
    for (size_t k = 0; k < uses[i].weights.size(); ++k)
      args[i].weight[k].data = data[Index(uses[i].weights[k])];
}

uint64_t BoundGraph::ScratchBytes(uint32_t positions) const {
  uint64_t bytes = 0;
  for (size_t i = 0; i < args.size(); ++i) {
    if (uses[i].scratch == nullptr) continue;
    const ScratchQuery query{uses[i].max_tokens, positions};
    bytes = std::max(bytes, uses[i].scratch(args[i], query));
  }
  return AlignUp(bytes);
}

}  // namespace tenon
