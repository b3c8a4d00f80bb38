// Random tiny models of the Llama family: as a GGUF file for the engine and as
// plain matrices for the oracle.  The same options and seed give the same
// bytes on every platform.
#ifndef TENON_TESTS_SUPPORT_TINY_MODEL_H_
#define TENON_TESTS_SUPPORT_TINY_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "oracle/llama.h"
#include "tenon/dtype.h"

namespace tenon::testing_support {

struct TinyModelOptions {
  std::string architecture = "llama";  // or qwen2 (biases), qwen3 (q/k norms)
  uint32_t vocabulary = 64;
  uint32_t embedding = 32;
  uint32_t layers = 2;
  uint32_t heads = 4, kv_heads = 2, head_dim = 8;
  uint32_t feed_forward = 48;
  DType matrices = DType::kF32;  // every row a whole number of its blocks
  DType vectors = DType::kF32;
  bool tied = true;         // the head is the embedding
  bool all_biases = false;  // of every matrix that may have one
  bool fused_qkv = false;   // attn_qkv instead of three matrices
  bool rope_freqs = false;
  float rope_base = 10000.0f;
  oracle::Stretch stretch = oracle::Stretch::kNone;
  float stretch_factor = 4.0f;
  uint32_t original_context = 64;  // YaRN only
  float attention_factor = 1.0f;
  uint32_t window = 0;
};

struct TinyModel {
  using Oracle = oracle::LlamaOracle;

  std::vector<std::byte> file;
  oracle::LlamaConfig config;
  oracle::LlamaWeights weights;
};

TinyModel MakeTinyModel(const TinyModelOptions& options, uint64_t seed);

}  // namespace tenon::testing_support

#endif  // TENON_TESTS_SUPPORT_TINY_MODEL_H_
