// Layer recipes that several architectures share: plain functions that emit a
// few nodes.
#ifndef TENON_BLOCKS_H_
#define TENON_BLOCKS_H_

#include <string>
#include <string_view>

#include "tenon/builder.h"

namespace tenon {

// W_down (Silu(W_gate f) * W_up f) with f = RmsNorm(x): the feed-forward block
// of Llama and its relatives (Shazeer 2020, "GLU variants improve
// transformer").
struct SwiGluWeights {
  WeightId norm;             // [E]
  LinearWeights gate, up;    // [F, E]
  LinearWeights down;        // [E, F]
};

// The tensors blk.N.{ffn_gate,ffn_up,ffn_down}; `prefix` is "blk.N.", `norm`
// the norm's tensor name without it.
inline SwiGluWeights DeclareSwiGlu(GraphBuilder& g, const std::string& prefix,
                                   std::string_view norm, uint32_t e,
                                   uint32_t f) {
  return {g.Vector(prefix + std::string(norm) + ".weight", e),
          g.LinearOf(prefix + "ffn_gate", f, e),
          g.LinearOf(prefix + "ffn_up", f, e),
          g.LinearOf(prefix + "ffn_down", e, f)};
}

// x + feed-forward(x).
inline ValueId SwiGluBlock(GraphBuilder& g, const std::string& prefix,
                           ValueId x, const SwiGluWeights& w, float eps) {
  const ValueId f = g.RmsNorm(prefix + "ffn_norm", x, w.norm, eps);  // [T, E]
  const ValueId gate = g.Linear(prefix + "ffn_gate", f, w.gate);     // [T, F]
  const ValueId up = g.Linear(prefix + "ffn_up", f, w.up);           // [T, F]
  const ValueId act = g.SwiGlu(prefix + "ffn_act", gate, up);        // [T, F]
  const ValueId down = g.Linear(prefix + "ffn_down", act, w.down);   // [T, E]
  return g.Add(prefix + "ffn_residual", x, down);                    // [T, E]
}

}  // namespace tenon

#endif  // TENON_BLOCKS_H_
