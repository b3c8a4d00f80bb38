#include "golden/models.h"

namespace tenon {
namespace {

using oracle::Stretch;
using testing_support::TinyModelOptions;

// 6 heads of 20 that share 2 key heads, in an embedding of 72.
TinyModelOptions OddSizes() {
  return {.vocabulary = 61,
          .embedding = 72,
          .layers = 3,
          .heads = 6,
          .kv_heads = 2,
          .head_dim = 20,
          .feed_forward = 50,
          .tied = false};
}

}  // namespace

std::vector<NamedModel> FamilyModels() {
  std::vector<NamedModel> models = {
      {"llama", {}, 1},
      {"llama_odd_sizes", OddSizes(), 2},
      {"llama_rope_freqs", {.rope_freqs = true, .rope_base = 5e5f}, 3},
      {"llama_linear", {.stretch = Stretch::kLinear}, 4},
      {"llama_yarn",
       {.heads = 2, .kv_heads = 1, .head_dim = 32, .stretch = Stretch::kYarn},
       5},
      {"llama_attention_factor", {.attention_factor = 1.25f}, 6},
      {"llama_window", {.window = 9}, 7},
      {"llama_biases", {.tied = false, .all_biases = true}, 8},
      {"llama_fused_qkv", {.fused_qkv = true}, 9},
      {"llama_fused_qkv_biases", {.all_biases = true, .fused_qkv = true}, 10},
      {"llama_f16_vectors", {.vectors = DType::kF16, .all_biases = true}, 11},
      {"llama_bf16_vectors",
       {.vectors = DType::kBF16, .all_biases = true, .rope_freqs = true},
       12},
      {"llama_every_head", {.kv_heads = 4}, 13},
      {"llama_one_layer", {.layers = 1, .heads = 1, .kv_heads = 1}, 14},
      {"qwen2", {.architecture = "qwen2"}, 15},
      {"qwen3", {.architecture = "qwen3", .head_dim = 16}, 16},
  };
  models.push_back({"qwen3_odd_sizes", OddSizes(), 17});
  models.back().options.architecture = "qwen3";
  return models;
}

std::vector<NamedModel> WeightTypeModels() {
  std::vector<NamedModel> models;
  for (DType dtype : {DType::kF32, DType::kF16, DType::kBF16, DType::kQ4_0,
                      DType::kQ4_1, DType::kQ5_0, DType::kQ5_1, DType::kQ8_0,
                      DType::kQ2_K, DType::kQ3_K, DType::kQ4_K, DType::kQ5_K,
                      DType::kQ6_K, DType::kIQ4_NL, DType::kIQ4_XS})
    models.push_back({Name(dtype),
                      {.embedding = 256,
                       .heads = 8,
                       .kv_heads = 2,
                       .head_dim = 32,
                       .feed_forward = 256,
                       .matrices = dtype},
                      100 + static_cast<uint64_t>(dtype)});
  return models;
}

std::vector<NamedModel> GoldenModels() {
  return {
      {"llama_yarn_f16",
       {.heads = 3,
        .kv_heads = 1,
        .head_dim = 24,
        .matrices = DType::kF16,
        .tied = false,
        .rope_freqs = true,
        .stretch = Stretch::kYarn,
        .original_context = 16},
       1001},
      {"qwen2_q4_0",
       {.architecture = "qwen2",
        .embedding = 64,
        .head_dim = 16,
        .feed_forward = 96,
        .matrices = DType::kQ4_0},
       1002},
      {"qwen3_linear",
       {.architecture = "qwen3",
        .embedding = 40,
        .head_dim = 12,
        .stretch = Stretch::kLinear},
       1003},
  };
}

}  // namespace tenon
