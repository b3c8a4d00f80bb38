// Rewrites of a graph before kernels are chosen.  Each is small, named and
// tested alone; each returns whether it changed something.
#ifndef TENON_SRC_REWRITE_H_
#define TENON_SRC_REWRITE_H_

#include <bitset>
#include <span>
#include <string>
#include <vector>

#include "tenon/backend.h"
#include "tenon/bind.h"
#include "tenon/graph.h"

namespace tenon {

// Which ops at least one of the backends has a kernel for.
using OpSet = std::bitset<256>;
OpSet OpsOf(std::span<const NamedBackend> backends);
inline bool Has(const OpSet& ops, OpKind op) {
  return ops[static_cast<uint8_t>(op)];
}

// TakeOutputs(f(x, y))  ->  f(TakeOutputs(x), TakeOutputs(y)), where f works
// row by row and nobody else reads its result: the rest of its rows would be
// computed for nothing, which is most of a model's last layer.  `i` is the
// TakeOutputs.
bool TakeOutputsEarlier(Graph& graph, size_t i, const OpSet& ops);

// Add(Linear(x, w), r)  ->  LinearAdd(x, r, w), where only the Add reads the
// Linear.  `i` is the Add.
bool FuseResidual(Graph& graph, size_t i, const OpSet& ops);

// Quantize(RmsNorm(x, w))  ->  NormQuantize(x, w), where the norm is one of
// whole rows and only the Quantize reads it.  `i` is the Quantize.
bool FuseNorm(Graph& graph, size_t i, const OpSet& ops);

// SwiGlu(gate, up)  ->  Mul(Silu(gate), up), where no backend has SwiGlu.
bool ExpandSwiGlu(Graph& graph, size_t i, const OpSet& ops);

// Applies all of them until nothing changes.  Returns "rewrite: node" for each
// change.
std::vector<std::string> Rewrite(Graph& graph, const OpSet& ops);

}  // namespace tenon

#endif  // TENON_SRC_REWRITE_H_
