#include "src/kernel_choice.h"

#include <algorithm>
#include <ranges>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace tenon {
namespace {

// Why `entry` does not answer, or nullptr if it does.  Entries of another op
// or type are no answer and need no reason.
const char* Refusal(const KernelEntry& entry, const KernelQuery& query) {
  if ((entry.phases & query.phase) == 0) return "is for the other phase";
  if (!SameLayout(entry.layout, query.layout)) return "reads another layout";
  return entry.refuses ? entry.refuses(*query.args) : nullptr;
}

bool IsAbout(const KernelEntry& entry, const KernelQuery& query) {
  return entry.op == query.op && entry.weight == query.weight &&
         entry.activation == query.activation;
}

void Explain(std::string& text, std::string_view backend, const char* reason,
             const KernelQuery& query) {
  if (!text.empty()) text += "; ";
  if (reason != nullptr) {
    absl::StrAppend(&text, backend, ": ", reason);
  } else {
    absl::StrAppend(&text, backend, ": no kernel for ", Info(query.op).name,
                    " of ", Name(query.weight), " and ",
                    Name(query.activation));
  }
}

struct Reader {
  const Node* node;
  const KernelArgs* args;
};

bool AllCanRead(const Graph& graph, std::span<const NamedBackend> backends,
                const std::vector<Reader>& readers,
                const PackedLayout* layout) {
  for (const Reader& r : readers) {
    if (r.node->op == OpKind::kCustom && layout != nullptr) return false;
    if (r.node->op == OpKind::kCustom) continue;
    for (Phase phase : {kPrefill, kDecode}) {
      KernelQuery query = QueryFor(graph, *r.node, phase, *r.args);
      query.layout = layout;
      if (ChooseKernel(backends, query).entry == nullptr) return false;
    }
  }
  return true;
}

const PackedLayout* LayoutFor(const Graph& graph,
                              std::span<const NamedBackend> backends,
                              const std::vector<Reader>& readers) {
  for (const NamedBackend& b : std::views::reverse(backends)) {
    for (const KernelEntry& entry : b.backend->kernels) {
      const auto wants = [&](const Reader& r) {
        return IsAbout(entry, QueryFor(graph, *r.node, kDecode, *r.args));
      };
      if (std::ranges::any_of(readers, wants) &&
          AllCanRead(graph, backends, readers, entry.layout))
        return entry.layout;
    }
  }
  return nullptr;
}

}  // namespace

bool SameLayout(const PackedLayout* a, const PackedLayout* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return std::string_view(a->id) == b->id;
}

KernelQuery QueryFor(const Graph& graph, const Node& node, Phase phase,
                     const KernelArgs& args) {
  return {
      node.op,
      node.weights.empty() ? DType::kF32 : graph.weight(node.weights[0]).dtype,
      node.inputs.empty() ? DType::kF32 : graph.value(node.inputs[0]).dtype,
      phase,
      nullptr,
      &args};
}

KernelChoice ChooseKernel(std::span<const NamedBackend> backends,
                          const KernelQuery& query) {
  KernelChoice choice;
  for (const NamedBackend& b : std::views::reverse(backends)) {
    const char* reason = nullptr;
    for (const KernelEntry& entry : b.backend->kernels) {
      if (!IsAbout(entry, query)) continue;
      reason = Refusal(entry, query);
      if (reason != nullptr) continue;
      choice.entry = &entry;
      choice.backend = b.name;
      return choice;
    }
    Explain(choice.refused, b.name, reason, query);
  }
  return choice;
}

std::vector<const PackedLayout*> ChooseLayouts(
    const Graph& graph, std::span<const NamedBackend> backends,
    std::span<const KernelArgs> args) {
  std::vector<std::vector<Reader>> readers(graph.weights.size());
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    // Only a first weight is ever packed; biases and factors stay rows.
    if (!node.weights.empty())
      readers[Index(node.weights[0])].push_back({&node, &args[i]});
  }
  std::vector<const PackedLayout*> layouts;
  for (const auto& r : readers)
    layouts.push_back(LayoutFor(graph, backends, r));
  return layouts;
}

}  // namespace tenon
