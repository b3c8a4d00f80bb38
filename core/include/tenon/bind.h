// Bind: from a graph and a stack of backends to plans that cannot fail.
//
// In order: verify the graph; fuse where a backend has the fused op; choose a
// kernel per node, once for prefill and once for decode, and one layout per
// weight that all its readers share; insert the rounding of activations;
// place every value in an arena by its lifetime; emit flat plans.
#ifndef TENON_BIND_H_
#define TENON_BIND_H_

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/backend.h"
#include "tenon/graph.h"
#include "tenon/plan.h"
#include "tenon/status.h"

namespace tenon {

// How the inputs of quantised matrices are represented.
enum class Activations : uint8_t {
  kF32,   // as they are: the accuracy reference
  kInt8,  // rounded to A8 blocks: what fast backends compute
};

struct BindOptions {
  Activations activations = Activations::kInt8;
  uint32_t max_tokens = 128;  // T of a prefill step; larger is faster and
                              // takes more activation memory
  uint32_t max_outputs = 64;  // R; at most max_tokens
};

// A backend and the name of its plugin.
struct NamedBackend {
  std::string_view name;
  const Backend* backend;
};

// Why each node runs where it runs.
struct BindReport {
  struct Line {
    Phase phase;
    std::string node;
    OpKind op;
    std::string kernel;   // "linear_q8_0_a8_scalar"
    std::string backend;  // "backend_scalar"
    std::string layout;   // of its weight: "rows" for the canonical one
    std::string refused;  // "backend_simd128: no kernel for Q2_K; ..."
    bool barrier;
  };
  std::vector<Line> lines;  // of every node, for prefill and then for decode
  std::vector<std::string> rewrites;  // "fuse_residual: blk.0.attn_out"

  // `node`: index into Graph::nodes.
  const Line& LineOf(Phase phase, uint32_t node) const {
    return lines[(phase == kDecode ? lines.size() / 2 : 0) + node];
  }

  // A table.  Repeated layers are listed one by one.
  std::string ToString() const;
};

// Immutable once the weights are attached; shared by all sessions of a model.
struct BoundGraph {
  BoundGraph() = default;
  BoundGraph(BoundGraph&&) = default;  // addresses inside stay valid
  BoundGraph& operator=(BoundGraph&&) = default;

  Graph graph;                               // after rewrites
  Plan prefill, decode;                      // same results; decode: T = 1
  std::vector<const PackedLayout*> layouts;  // per weight; nullptr: canonical
  BindReport report;
  std::deque<KernelArgs> args;   // what the plans point into
  Operand hidden[2], logits[2];  // [0] of the prefill plan, [1] of decode

  // Points every kernel at its weights.  `data` has one address per weight of
  // the graph, in that weight's layout, and must stay valid.
  void AttachWeights(std::span<const std::byte* const> data);
  // Scratch bytes that one worker needs for a context of `positions`.
  uint64_t ScratchBytes(uint32_t positions) const;

  // Parallel to args: how much scratch each call takes, and which weights.
  struct Use {
    ScratchFn scratch;
    uint32_t max_tokens;
    std::vector<WeightId> weights;
  };
  std::vector<Use> uses;
};

// `backends`: slow to fast; all of them usable on this machine.
// Errors: kUnimplemented, naming the node, the op, the weight's type and what
// each backend said; kInvalidArgument for a graph that does not verify.
StatusOr<BoundGraph> Bind(Graph graph, std::span<const NamedBackend> backends,
                          const BindOptions& options);

}  // namespace tenon

#endif  // TENON_BIND_H_
