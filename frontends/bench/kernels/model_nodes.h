// The nodes that kernels are measured with: those of a model.
#ifndef FRONTENDS_BENCH_KERNELS_MODEL_NODES_H_
#define FRONTENDS_BENCH_KERNELS_MODEL_NODES_H_

#include <vector>

#include "conformance/rig.h"
#include "tenon/kernel.h"

namespace tenon::bench {

// Nodes of the entry's op and types with the shapes of Qwen3.5-0.8B, and of a
// small mixture of experts.  Of the head's 248320 rows there are 65536.
// None for ops that nobody chose a shape for.
std::vector<conformance::NodeCase> ModelNodes(const KernelEntry& entry);

}  // namespace tenon::bench

#endif  // FRONTENDS_BENCH_KERNELS_MODEL_NODES_H_
