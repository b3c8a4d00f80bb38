// Random tiny models of the DeltaNet hybrids, as tiny_model.h makes those of
// the Llama family.
#ifndef TENON_TESTS_SUPPORT_TINY_DELTANET_H_
#define TENON_TESTS_SUPPORT_TINY_DELTANET_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "oracle/deltanet.h"
#include "tenon/dtype.h"

namespace tenon::testing_support {

struct TinyDeltaNetOptions {
  // Or qwen35moe; or qwen3next, whose value heads are in another order and
  // whose ssm_ba is in place of ssm_alpha and ssm_beta.
  std::string architecture = "qwen35";
  uint32_t vocabulary = 64;
  uint32_t embedding = 32;
  uint32_t layers = 4;
  uint32_t interval = 4;                    // 0: the file does not say
  std::vector<bool> recurrent_layers = {};  // instead, unless empty
  uint32_t heads = 4, kv_heads = 2, head_dim = 16, n_rot = 8;
  uint32_t key_heads = 2, value_heads = 4, state_size = 8;
  uint32_t taps = 4;
  uint32_t feed_forward = 48;      // of a dense layer
  uint32_t experts = 0, used = 2;  // none: dense layers
  uint32_t expert_feed_forward = 24, shared_feed_forward = 40;
  DType matrices = DType::kF32;  // every row a whole number of its blocks
  bool tied = true;              // the head is the embedding
  bool fused_ssm_in = false;     // ssm_in: old files of qwen3next
  bool fused_experts = false;    // ffn_gate_up_exps
  bool nextn = false;            // a last block that is not run
  float rope_base = 10000.0f;
  float eps = 1e-6f;
  float dt = -1.0f;  // ssm_dt.bias is around it
  float a = -1.0f;   // ssm_a is around it
};

struct TinyDeltaNet {
  using Oracle = oracle::DeltaNetOracle;

  std::vector<std::byte> file;
  oracle::DeltaNetConfig config;
  oracle::DeltaNetWeights weights;
};

TinyDeltaNet MakeTinyDeltaNet(const TinyDeltaNetOptions& options,
                              uint64_t seed);

}  // namespace tenon::testing_support

#endif  // TENON_TESTS_SUPPORT_TINY_DELTANET_H_
