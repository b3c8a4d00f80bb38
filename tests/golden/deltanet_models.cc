#include <span>
#include <utility>

#include "golden/models.h"

namespace tenon {
namespace {

using testing_support::TinyDeltaNetOptions;

// Rows are whole blocks of 32.
TinyDeltaNetOptions BlocksOf32(DType dtype) {
  return {.embedding = 64,
          .state_size = 16,
          .feed_forward = 96,
          .expert_feed_forward = 32,
          .shared_feed_forward = 64,
          .matrices = dtype};
}

// Two layers, one of each kind, whose rows are whole blocks of 256.
TinyDeltaNetOptions BlocksOf256(DType dtype) {
  return {.embedding = 256,
          .layers = 2,
          .interval = 2,
          .head_dim = 64,
          .n_rot = 16,
          .state_size = 64,
          .feed_forward = 256,
          .expert_feed_forward = 256,
          .shared_feed_forward = 256,
          .matrices = dtype};
}

TinyDeltaNetOptions Experts(std::string architecture) {
  return {.architecture = std::move(architecture),
          .key_heads = 2,
          .value_heads = 6,
          .experts = 5};
}

}  // namespace

std::vector<NamedDeltaNet> DeltaNets() {
  return {
      {"heads_1_to_1", {.key_heads = 4, .value_heads = 4}, 1, 65},
      {"heads_1_to_2", {.key_heads = 4, .value_heads = 8}, 2, 192},
      {"heads_1_to_3", {.key_heads = 3, .value_heads = 9}, 3, 65},
      {"heads_1_to_4", {.key_heads = 2, .value_heads = 8}, 4, 65},
      {"one_key_head", {.key_heads = 1, .value_heads = 3}, 5, 65},
      {"interval_2", {.layers = 5, .interval = 2}, 6, 65},
      {"interval_3_not_reached_twice", {.layers = 5, .interval = 3}, 7, 65},
      {"interval_not_said", {.interval = 0}, 8, 65},
      {"only_recurrent", {.layers = 3}, 9, 192},
      {"only_softmax", {.layers = 2, .interval = 1}, 10, 65},
      {"listed_layers",
       {.recurrent_layers = {false, true, false, true}, .nextn = true},
       11,
       65},
      {"untied", {.tied = false}, 12, 65},
      {"untied_nextn", {.layers = 4, .tied = false, .nextn = true}, 13, 65},
      {"nextn_where_the_interval_ends", {.layers = 3, .nextn = true}, 14, 65},
      {"odd_sizes",
       {.vocabulary = 61,
        .embedding = 36,
        .heads = 6,
        .kv_heads = 2,
        .head_dim = 20,
        .n_rot = 10,
        .key_heads = 3,
        .value_heads = 6,
        .state_size = 7,
        .taps = 3,
        .feed_forward = 50},
       15,
       65},
      {"long_memory", {.layers = 2, .state_size = 16, .a = -0.01f}, 16, 192},
      {"softplus_of_large_numbers", {.dt = 100.0f, .a = -0.003f}, 17, 65},
      // Divides by the larger of the length and eps.
      {"short_keys", {.eps = 0.5f}, 18, 65},
      {"f16", BlocksOf32(DType::kF16), 19, 65},
      {"q8_0", BlocksOf32(DType::kQ8_0), 20, 192},
      {"q4_0", BlocksOf32(DType::kQ4_0), 21, 65},
      {"q4_k", BlocksOf256(DType::kQ4_K), 22, 20},
  };
}

std::vector<NamedDeltaNet> ExpertDeltaNets() {
  std::vector<NamedDeltaNet> models = {
      {"qwen35moe", Experts("qwen35moe"), 51, 65},
      {"qwen35moe_fused_experts", Experts("qwen35moe"), 52, 65},
      {"qwen35moe_one_of_eight", Experts("qwen35moe"), 53, 192},
      {"qwen3next", Experts("qwen3next"), 54, 65},
      {"qwen3next_ssm_in", Experts("qwen3next"), 55, 192},
      {"qwen3next_untied_nextn", Experts("qwen3next"), 56, 65},
      {"q4_0_experts", BlocksOf32(DType::kQ4_0), 57, 65},
      {"q6_k_experts", BlocksOf256(DType::kQ6_K), 58, 20},
  };
  models[1].options.fused_experts = true;
  models[2].options.experts = 8;
  models[2].options.used = 1;
  models[4].options.fused_ssm_in = true;
  models[5].options.tied = false;
  models[5].options.nextn = true;
  for (NamedDeltaNet& quantised : std::span(models).last(2)) {
    quantised.options.architecture = "qwen35moe";
    quantised.options.experts = 4;
  }
  return models;
}

std::vector<NamedDeltaNet> GoldenDeltaNets() {
  return {
      {"qwen35",
       {.layers = 3,
        .interval = 3,
        .heads = 2,
        .kv_heads = 1,
        .key_heads = 3,
        .value_heads = 6,
        .tied = false,
        .nextn = true},
       1004},
  };
}

}  // namespace tenon
