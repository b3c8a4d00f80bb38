#include "src/rewrite.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace tenon {
namespace {

size_t CountReaders(const Graph& graph, ValueId value) {
  size_t readers = value == graph.hidden || value == graph.logits;
  for (const Node& node : graph.nodes)
    readers += static_cast<size_t>(
        std::count(node.inputs.begin(), node.inputs.end(), value));
  return readers;
}

// The node that makes `value`, which some node reads.
size_t ProducerOf(const Graph& graph, ValueId value) {
  const auto makes = [value](const Node& n) { return n.output == value; };
  return static_cast<size_t>(std::ranges::find_if(graph.nodes, makes) -
                             graph.nodes.begin());
}

// The output rows of `value`, taken right after it is made.
ValueId OutputRowsOf(Graph& graph, ValueId value) {
  if (graph.value(value).rows == Rows::kOutputs) return value;
  for (const Node& node : graph.nodes)
    if (node.op == OpKind::kTakeOutputs && node.inputs[0] == value)
      return node.output;
  Value rows = graph.value(value);
  rows.name += ".outputs";
  rows.rows = Rows::kOutputs;
  const ValueId out{static_cast<uint32_t>(graph.values.size())};
  const auto after = static_cast<std::ptrdiff_t>(ProducerOf(graph, value) + 1);
  graph.nodes.insert(
      graph.nodes.begin() + after,
      {OpKind::kTakeOutputs, rows.name, {value}, {}, {}, out, {}});
  graph.values.push_back(std::move(rows));
  return out;
}

// The node `op` that makes `value` for one reader; or nodes.size().
size_t SoleProducer(const Graph& graph, ValueId value, OpKind op) {
  const size_t j = ProducerOf(graph, value);
  const bool fits = graph.nodes[j].op == op && CountReaders(graph, value) == 1;
  return fits ? j : graph.nodes.size();
}

struct Rule {
  const char* name;
  bool (*apply)(Graph&, size_t, const OpSet&);
};

// Offers every node to the rule.  Returns whether something changed.
bool Pass(const Rule& rule, Graph& graph, const OpSet& ops,
          std::vector<std::string>& log) {
  bool changed = false;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const std::string node = graph.nodes[i].name;
    if (!rule.apply(graph, i, ops)) continue;
    log.push_back(absl::StrCat(rule.name, ": ", node));
    changed = true;
  }
  return changed;
}

}  // namespace

OpSet OpsOf(std::span<const NamedBackend> backends) {
  OpSet ops;
  for (const NamedBackend& b : backends)
    for (const KernelEntry& entry : b.backend->kernels)
      ops.set(static_cast<uint8_t>(entry.op));
  return ops;
}

bool TakeOutputsEarlier(Graph& graph, size_t i, const OpSet&) {
  if (graph.nodes[i].op != OpKind::kTakeOutputs) return false;
  const ValueId all = graph.nodes[i].inputs[0], some = graph.nodes[i].output;
  Node& node = graph.nodes[ProducerOf(graph, all)];
  if (!Info(node.op).by_row || CountReaders(graph, all) > 1) return false;
  graph.values[Index(some)].name = node.name;
  node.output = some;
  graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(i));
  std::vector<ValueId> inputs = graph.nodes[ProducerOf(graph, some)].inputs;
  for (ValueId& input : inputs) input = OutputRowsOf(graph, input);
  graph.nodes[ProducerOf(graph, some)].inputs = std::move(inputs);
  return true;
}

bool FuseResidual(Graph& graph, size_t i, const OpSet& ops) {
  if (graph.nodes[i].op != OpKind::kAdd || !Has(ops, OpKind::kLinearAdd))
    return false;
  for (size_t side = 0; side < 2; ++side) {
    Node& add = graph.nodes[i];
    const size_t j = SoleProducer(graph, add.inputs[side], OpKind::kLinear);
    if (j == graph.nodes.size()) continue;
    Node& linear = graph.nodes[j];
    add.op = OpKind::kLinearAdd;
    add.name = linear.name;
    add.inputs = {linear.inputs[0], add.inputs[1 - side]};
    add.weights = std::move(linear.weights);
    graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(j));
    return true;
  }
  return false;
}

bool FuseNorm(Graph& graph, size_t i, const OpSet& ops) {
  Node& node = graph.nodes[i];
  if (node.op != OpKind::kQuantize || !Has(ops, OpKind::kNormQuantize))
    return false;
  const size_t j = SoleProducer(graph, node.inputs[0], OpKind::kRmsNorm);
  if (j == graph.nodes.size()) return false;
  Node& norm = graph.nodes[j];
  const NormQuantizeAttrs attrs{std::get<NormAttrs>(norm.attrs),
                                std::get<QuantizeAttrs>(node.attrs)};
  if (attrs.Refuses(graph.value(node.output).cols) != nullptr) return false;
  node.op = OpKind::kNormQuantize;
  node.name = norm.name;
  node.inputs = std::move(norm.inputs);
  node.weights = std::move(norm.weights);
  node.attrs = attrs;
  graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(j));
  return true;
}

bool ExpandSwiGlu(Graph& graph, size_t i, const OpSet& ops) {
  if (graph.nodes[i].op != OpKind::kSwiGlu || Has(ops, OpKind::kSwiGlu))
    return false;
  Node& node = graph.nodes[i];
  const ValueId silu{static_cast<uint32_t>(graph.values.size())};
  graph.values.push_back(graph.value(node.inputs[0]));
  Node first{OpKind::kSilu,
             absl::StrCat(node.name, ".silu"),
             {node.inputs[0]},
             {},
             {},
             silu,
             {}};
  node.op = OpKind::kMul;
  node.inputs[0] = silu;
  graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(i),
                     std::move(first));
  return true;
}

std::vector<std::string> Rewrite(Graph& graph, const OpSet& ops) {
  static constexpr Rule kRules[] = {
      {"take_outputs_earlier", &TakeOutputsEarlier},
      {"expand_swiglu", &ExpandSwiGlu},
      {"fuse_residual", &FuseResidual},
      {"fuse_norm", &FuseNorm}};
  std::vector<std::string> log;
  for (const Rule& rule : kRules)
    while (Pass(rule, graph, ops, log)) {
    }
  return log;
}

}  // namespace tenon
