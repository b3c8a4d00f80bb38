#include "src/activations.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tenon {
namespace {

bool TakesA8(const Graph& graph, const Node& node,
             std::span<const NamedBackend> backends) {
  if (node.weights.empty() || node.inputs.empty()) return false;
  const DType weight = graph.weight(node.weights[0]).dtype;
  const auto fits = [&](const KernelEntry& entry) {
    return entry.op == node.op && entry.weight == weight &&
           entry.activation == DType::kA8;
  };
  return std::ranges::any_of(backends, [&](const NamedBackend& b) {
    return std::ranges::any_of(b.backend->kernels, fits);
  });
}

Node QuantizeNode(Graph& graph, ValueId input, QuantizeAttrs attrs) {
  Value rounded = graph.value(input);
  rounded.dtype = DType::kA8;
  const ValueId out{static_cast<uint32_t>(graph.values.size())};
  graph.values.push_back(rounded);
  return {OpKind::kQuantize,
          absl::StrCat(rounded.name, ".a8"),
          {input},
          {},
          {},
          out,
          attrs};
}

}  // namespace

void QuantizeActivations(Graph& graph, std::span<const NamedBackend> backends) {
  std::map<std::pair<ValueId, uint32_t>, ValueId> rounded;
  std::vector<Node> nodes;
  for (Node& node : std::exchange(graph.nodes, {})) {
    if (TakesA8(graph, node, backends)) {
      const ValueId input = node.inputs[0];
      const uint32_t width =
          Info(graph.weight(node.weights[0]).dtype).block_elements;
      const auto [it, is_new] =
          rounded.try_emplace({input, width}, ValueId::kNone);
      if (is_new) {
        nodes.push_back(QuantizeNode(graph, input, {width}));
        it->second = nodes.back().output;
      }
      node.inputs[0] = it->second;
    }
    nodes.push_back(std::move(node));
  }
  graph.nodes = std::move(nodes);
}

}  // namespace tenon
