// Hyper-parameters of the Llama family, from GGUF metadata.
#ifndef ARCH_TRANSFORMER_CONFIG_H_
#define ARCH_TRANSFORMER_CONFIG_H_

#include <cstdint>

#include "tenon/hyperparameters.h"
#include "tenon/model_file.h"
#include "tenon/op.h"
#include "tenon/status.h"

namespace tenon::transformer {

struct Config {
  uint32_t layers;
  uint32_t E;            // embedding length
  uint32_t F;            // feed-forward length
  AttentionHeads heads;  // H, G and D; D is not always E / H
  uint32_t V;            // vocabulary: rows of the embedding
  uint32_t context_length;
  float eps;        // of every norm
  uint32_t window;  // of attention; 0: all positions
  bool qk_norm;     // every layer norms its query and key heads (qwen3)
  RopePairing pairing;
  RopeAnglesAttrs rope;
};

// Keys are `llama.*`, `qwen2.*` or `qwen3.*`, after general.architecture.
// Errors: kInvalidArgument for missing keys and impossible values,
// kUnimplemented for what this family does not cover; both name the key.
StatusOr<Config> ReadConfig(const ModelFile& file);

}  // namespace tenon::transformer

#endif  // ARCH_TRANSFORMER_CONFIG_H_
