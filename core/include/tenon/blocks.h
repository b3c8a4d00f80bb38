// Layer recipes that several architectures share: plain functions that emit a
// few nodes.
#ifndef TENON_BLOCKS_H_
#define TENON_BLOCKS_H_

#include <string>
#include <string_view>

#include "tenon/builder.h"

namespace tenon {

// W_down (Silu(W_gate f) * W_up f): the feed-forward block of Llama and its
// relatives (Shazeer 2020, "GLU variants improve transformer").
struct SwiGluWeights {
  LinearWeights gate, up;  // [F, E]
  LinearWeights down;      // [E, F]
};

// The tensors {ffn_gate,ffn_up,ffn_down}<suffix> below `prefix`, "blk.N.".
inline SwiGluWeights DeclareSwiGlu(GraphBuilder& g, const std::string& prefix,
                                   uint32_t e, uint32_t f,
                                   std::string_view suffix = "") {
  const std::string end(suffix);
  return {g.LinearOf(prefix + "ffn_gate" + end, f, e),
          g.LinearOf(prefix + "ffn_up" + end, f, e),
          g.LinearOf(prefix + "ffn_down" + end, e, f)};
}

// f [T, E] -> [T, E].
inline ValueId SwiGluBlock(GraphBuilder& g, const std::string& prefix,
                           ValueId f, const SwiGluWeights& w,
                           std::string_view suffix = "") {
  const std::string end(suffix);
  const ValueId gate =
      g.Linear(prefix + "ffn_gate" + end, f, w.gate);                // [T, F]
  const ValueId up = g.Linear(prefix + "ffn_up" + end, f, w.up);     // [T, F]
  const ValueId act = g.SwiGlu(prefix + "ffn_act" + end, gate, up);  // [T, F]
  return g.Linear(prefix + "ffn_down" + end, act, w.down);           // [T, E]
}

}  // namespace tenon

#endif  // TENON_BLOCKS_H_
