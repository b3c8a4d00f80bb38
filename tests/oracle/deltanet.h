// The whole forward pass of the DeltaNet hybrids (qwen35, qwen35moe,
// qwen3next) in double precision, token by token, from plain matrices.  Shares
// no code with the engine.
#ifndef TENON_TESTS_ORACLE_DELTANET_H_
#define TENON_TESTS_ORACLE_DELTANET_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "oracle/ops.h"
#include "oracle/recurrence.h"

namespace tenon::oracle {

struct DeltaNetConfig {
  size_t heads, kv_heads, head_dim;  // of softmax attention
  double eps;                        // of every norm
  RopeShape rope;                    // n_rot may be less than head_dim
  DeltaShape delta;
  size_t experts_used;  // of layers that have some
};

// E: embedding; K, V: all columns of keys and of values.
struct DeltaNetLinear {
  Matrix qkv;          // [2K + V, E]: all q, all k, all v
  Matrix z;            // [V, E]
  Matrix alpha, beta;  // [value_heads, E]
  Vector dt, a;        // [value_heads]; a is negative
  Matrix taps;         // [2K + V, C]
  Vector norm;         // [head_dim of the delta rule]
  Matrix output;       // [E, V]
};

struct DeltaNetSoftmax {
  Matrix q, gate;         // [heads * head_dim, E]
  Matrix k, v;            // [kv_heads * head_dim, E]
  Vector q_norm, k_norm;  // [head_dim]
  Matrix output;          // [E, heads * head_dim]
};

struct SwiGluMatrices {
  Matrix gate, up, down;
};

struct DeltaNetLayer {
  Vector attn_norm, ffn_norm;  // [E]
  bool recurrent;
  DeltaNetLinear linear;    // where recurrent
  DeltaNetSoftmax softmax;  // elsewhere
  SwiGluMatrices ffn;       // of every token: the only block or the shared one
  std::vector<SwiGluMatrices> experts;  // none: a dense layer
  Matrix router;                        // [experts, E]
  Vector shared_gate;                   // [E]
};

struct DeltaNetWeights {
  Matrix embedding;  // [vocabulary, E]
  std::vector<DeltaNetLayer> layers;
  Vector output_norm;
  Matrix head;  // without rows: tied to the embedding
};

class DeltaNetOracle {
 public:
  // Borrows both.
  DeltaNetOracle(const DeltaNetConfig& config, const DeltaNetWeights& weights);

  // Feeds the next token.
  OutputRow Feed(int32_t token);

 private:
  struct State {
    std::vector<Vector> keys, values;  // one per position
    std::vector<Vector> inputs;        // the last C of the convolution
    std::vector<Vector> memory;        // as DeltaRule keeps it
  };
  Vector Mix(const DeltaNetLinear& w, State& state,
             std::span<const double> h) const;
  Vector Attend(const DeltaNetSoftmax& w, State& state,
                std::span<const double> h) const;
  Vector FeedForward(const DeltaNetLayer& w, std::span<const double> f) const;

  const DeltaNetConfig& config_;
  const DeltaNetWeights& weights_;
  std::vector<State> states_;
  size_t position_ = 0;
};

}  // namespace tenon::oracle

#endif  // TENON_TESTS_ORACLE_DELTANET_H_
