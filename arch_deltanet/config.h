// Hyper-parameters of the DeltaNet hybrids, from GGUF metadata.
#ifndef ARCH_DELTANET_CONFIG_H_
#define ARCH_DELTANET_CONFIG_H_

#include <cstdint>
#include <vector>

#include "tenon/hyperparameters.h"
#include "tenon/model_file.h"
#include "tenon/op.h"
#include "tenon/status.h"

namespace tenon::deltanet {

struct Config {
  uint32_t layers;        // of the trunk
  uint32_t nextn_layers;  // trailing blocks that predict further tokens; unused
  uint32_t E;             // embedding length
  uint32_t F;             // feed-forward length of a dense block
  uint32_t V;             // vocabulary: rows of the embedding
  uint32_t context_length;
  float eps;  // of every norm

  // Softmax attention, in one layer of a few.
  AttentionHeads heads;  // H, G, D
  RopeAnglesAttrs rope;  // n_rot < D: only the first elements turn

  // Linear attention, in the others.
  DeltaAttrs delta;    // key heads, value heads, S, and which reads which
  uint32_t conv_taps;  // C
  std::vector<bool> recurrent;  // [layers]: whether the layer is linear

  // Mixture of experts, in every layer or in none.
  RouteAttrs route;   // experts = 0: a dense feed-forward block of F
  uint32_t F_expert;  // feed-forward length of an expert
  uint32_t F_shared;  // of the expert that sees every token

  uint32_t key_cols() const { return delta.key_heads * delta.head_dim; }
  uint32_t value_cols() const { return delta.value_heads * delta.head_dim; }
};

// Keys are `qwen35.*`, `qwen35moe.*` or `qwen3next.*`.
// Errors: as Hyperparameters.
StatusOr<Config> ReadConfig(const ModelFile& file);

}  // namespace tenon::deltanet

#endif  // ARCH_DELTANET_CONFIG_H_
