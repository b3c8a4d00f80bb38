// Which kernel runs a node, and why the others do not.
#ifndef TENON_SRC_KERNEL_CHOICE_H_
#define TENON_SRC_KERNEL_CHOICE_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/bind.h"

namespace tenon {

struct KernelChoice {
  const KernelEntry* entry = nullptr;  // nullptr: no backend runs the node
  std::string_view backend;
  std::string refused;  // what each faster backend said
};

// What a node asks of a kernel.
struct KernelQuery {
  OpKind op;
  DType weight;      // of its first weight, or kF32
  DType activation;  // of its first input, or kF32
  Phase phase;
  const PackedLayout* layout;  // of its first weight
  const KernelArgs* args;      // resolved but for addresses
};

KernelQuery QueryFor(const Graph& graph, const Node& node, Phase phase,
                     const KernelArgs& args);

// The fastest backend's first entry that answers the query.
KernelChoice ChooseKernel(std::span<const NamedBackend> backends,
                          const KernelQuery& query);

// One layout per weight that every reader of the weight has kernels for, in
// both phases; of those the one that the fastest backend prefers.
// `args`: one per node.
std::vector<const PackedLayout*> ChooseLayouts(
    const Graph& graph, std::span<const NamedBackend> backends,
    std::span<const KernelArgs> args);

bool SameLayout(const PackedLayout* a, const PackedLayout* b);

}  // namespace tenon

#endif  // TENON_SRC_KERNEL_CHOICE_H_
