// The tensors of a Llama-family file.
#ifndef ARCH_TRANSFORMER_WEIGHTS_H_
#define ARCH_TRANSFORMER_WEIGHTS_H_

#include <vector>

#include "arch_transformer/config.h"
#include "tenon/blocks.h"
#include "tenon/builder.h"

namespace tenon::transformer {

// Shapes as [rows, columns]; letters as in Config.  Every matrix may have a
// bias of its rows.
struct LayerWeights {
  WeightId attn_norm;  // [E]
  LinearWeights q;     // [H * D, E]
  LinearWeights k, v;  // [G * D, E]
  LinearWeights qkv;   // [(H + 2G) * D, E]: instead of q, k and v
  WeightId q_norm = WeightId::kNone;  // [D], per head; kNone: none
  WeightId k_norm = WeightId::kNone;
  LinearWeights out;  // [E, H * D]
  WeightId ffn_norm;  // [E]
  SwiGluWeights ffn;
};

struct Weights {
  WeightId embedding;                       // [V, E]
  WeightId rope_factors = WeightId::kNone;  // [n_rot / 2]: Llama 3.x
  std::vector<LayerWeights> layers;
  WeightId output_norm;  // [E]
  LinearWeights output;  // [V, E]; the embedding where they are tied
};

// Declares every tensor; a wrong one is the builder's error.
Weights DeclareWeights(GraphBuilder& g, const Config& c);

}  // namespace tenon::transformer

#endif  // ARCH_TRANSFORMER_WEIGHTS_H_
