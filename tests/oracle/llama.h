// The whole forward pass of the Llama family (llama, qwen2, qwen3) in double
// precision, token by token, from plain matrices.  Shares no code with the
// engine.
#ifndef TENON_TESTS_ORACLE_LLAMA_H_
#define TENON_TESTS_ORACLE_LLAMA_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "oracle/ops.h"

namespace tenon::oracle {

struct LlamaConfig {
  size_t embedding, heads, kv_heads, head_dim;
  double eps;
  RopeShape rope;
  bool adjacent;      // llama; the others rotate halves
  size_t window = 0;  // of attention; 0: all
};

// Empty vectors are weights that the model does not have.
struct LlamaLayer {
  Vector attn_norm, ffn_norm;
  Matrix q, k, v, output;
  Vector q_bias, k_bias, v_bias, output_bias;
  Vector q_norm, k_norm;  // [head_dim]
  Matrix gate, up, down;
  Vector gate_bias, up_bias, down_bias;
};

struct LlamaWeights {
  Matrix embedding;  // [vocabulary, embedding]
  std::vector<LlamaLayer> layers;
  Vector output_norm;
  Matrix head;  // without rows: tied to the embedding
  Vector head_bias;
};

class LlamaOracle {
 public:
  // Borrows both.
  LlamaOracle(const LlamaConfig& config, const LlamaWeights& weights)
      : config_(config), weights_(weights), caches_(weights.layers.size()) {}

  // Feeds the next token.
  OutputRow Feed(int32_t token);

 private:
  struct Cache {
    std::vector<Vector> keys, values;  // one per position
  };
  Vector Attend(const LlamaLayer& layer, Cache& cache,
                std::span<const double> x) const;
  Vector FeedForward(const LlamaLayer& layer, std::span<const double> x) const;

  const LlamaConfig& config_;
  const LlamaWeights& weights_;
  std::vector<Cache> caches_;
  size_t position_ = 0;
};

}  // namespace tenon::oracle

#endif  // TENON_TESTS_ORACLE_LLAMA_H_
