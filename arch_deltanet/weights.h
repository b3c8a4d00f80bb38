// The tensors of a DeltaNet hybrid.  The converter has already added 1 to every
// norm but ssm_norm, and stored -exp(A_log) as ssm_a: all are used as they are.
#ifndef ARCH_DELTANET_WEIGHTS_H_
#define ARCH_DELTANET_WEIGHTS_H_

#include <vector>

#include "arch_deltanet/config.h"
#include "arch_deltanet/experts.h"
#include "tenon/blocks.h"
#include "tenon/builder.h"

namespace tenon::deltanet {

// Shapes as [rows, columns].  S, C as in Config; n_v value heads, r of them per
// key head; K and Vd all columns of keys and values.

// What a recurrent layer projects its input to.  Files have it in three forms.
struct LinearInputs {
  // qwen35, and qwen3next as converted today:
  LinearWeights qkv;   // [2K + Vd, E]: all q, all k, all v
  LinearWeights gate;  // [Vd, E]: z
  // Old qwen3next files, instead of both:
  LinearWeights qkvz;  // [2K + 2 Vd, E]: per key head S q, S k, r S v, r S z
  // qwen35:
  LinearWeights alpha, beta;  // [n_v, E]
  // qwen3next, instead of both:
  LinearWeights beta_alpha;  // [2 n_v, E]: per key head r beta, r alpha
};

struct LinearLayer {
  LinearInputs in;
  WeightId dt;        // [n_v]: added to alpha before the softplus
  WeightId a;         // [n_v]: negative
  WeightId conv;      // [2K + Vd, C]
  WeightId norm;      // [S]
  LinearWeights out;  // [E, Vd]
};

struct SoftmaxLayer {
  LinearWeights q;          // [2 H * D, E]: per head D of query, D of gate
  LinearWeights k, v;       // [G * D, E]
  WeightId q_norm, k_norm;  // [D]
  LinearWeights out;        // [E, H * D]
};

struct LayerWeights {
  WeightId attn_norm;     // [E]
  LinearLayer linear;     // of a recurrent layer
  SoftmaxLayer softmax;   // of the others
  WeightId ffn_norm;      // [E]
  SwiGluWeights ffn;      // dense
  ExpertWeights experts;  // instead
};

struct Weights {
  WeightId embedding;  // [V, E]
  std::vector<LayerWeights> layers;
  WeightId output_norm;  // [E]
  LinearWeights output;  // [V, E]; the embedding where they are tied
};

// Declares every tensor of the trunk and leaves the NextN blocks out.
Weights DeclareWeights(GraphBuilder& g, const Config& c);

}  // namespace tenon::deltanet

#endif  // ARCH_DELTANET_WEIGHTS_H_
