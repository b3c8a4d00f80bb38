// A model file without data, for tests: metadata and a table of tensors.
#ifndef ARCH_DELTANET_TEST_FILE_H_
#define ARCH_DELTANET_TEST_FILE_H_

#include <deque>
#include <map>
#include <string>
#include <utility>

#include "tenon/model_file.h"

namespace tenon::deltanet {

// Four layers, the last of softmax attention: E = 32, F = 48, V = 100; 2 key
// heads and 4 value heads of S = 8; H = 2, G = 1, D = 16, of which 8 turn.
class TestFile {
 public:
  explicit TestFile(std::string architecture = "qwen35")
      : arch_(std::move(architecture)) {
    for (const auto& [key, value] :
         std::map<std::string, uint64_t>{{"block_count", 4},
                                         {"embedding_length", 32},
                                         {"context_length", 128},
                                         {"feed_forward_length", 48},
                                         {"attention.head_count", 2},
                                         {"attention.head_count_kv", 1},
                                         {"attention.key_length", 16},
                                         {"attention.value_length", 16},
                                         {"rope.dimension_count", 8},
                                         {"ssm.conv_kernel", 4},
                                         {"ssm.state_size", 8},
                                         {"ssm.group_count", 2},
                                         {"ssm.time_step_rank", 4},
                                         {"ssm.inner_size", 32}})
      Set(key, value);
    Set("attention.layer_norm_rms_epsilon", 1e-6);
    Add("token_embd.weight", 100, 32);
    Add("output_norm.weight", 1, 32);
    for (int i = 0; i < 4; ++i) AddLayer(i, /*recurrent=*/i != 3);
  }

  void Set(const std::string& key, MetaValue value) {
    keys_.insert_or_assign(arch_ + "." + key, std::move(value));
  }
  void Unset(const std::string& key) { keys_.erase(arch_ + "." + key); }
  // An array of i32 that lives as long as this object.
  void SetInts(const std::string& key, std::vector<int32_t> values) {
    arrays_.push_back(std::move(values));
    Set(key, NumberArray{NumberArray::Element::kInt, 4,
                         std::as_bytes(std::span(arrays_.back()))});
  }

  void Add(const std::string& name, uint64_t rows, uint64_t cols,
           uint64_t experts = 1) {
    names_.push_back(name);
    const uint32_t dims = experts > 1 ? 3 : rows == 1 ? 1 : 2;
    tensors_.push_back({names_.back(),
                        DType::kF32,
                        {cols, rows, experts, 1},
                        dims,
                        0,
                        0,
                        experts * rows * cols * 4});
  }
  void Remove(const std::string& name) {
    std::erase_if(tensors_, [&](const auto& t) { return t.name == name; });
  }
  void RemoveLayer(int layer) {
    const std::string prefix = Prefix(layer);
    std::erase_if(tensors_,
                  [&](const auto& t) { return t.name.starts_with(prefix); });
  }

  void AddLayer(int layer, bool recurrent) {
    const std::string p = Prefix(layer);
    Add(p + "attn_norm.weight", 1, 32);
    Add(p + "post_attention_norm.weight", 1, 32);
    Add(p + "ffn_gate.weight", 48, 32);
    Add(p + "ffn_up.weight", 48, 32);
    Add(p + "ffn_down.weight", 32, 48);
    recurrent ? AddRecurrent(p) : AddSoftmax(p);
  }

  // Borrows from this object.
  ModelFile Make() const {
    ModelFile file;
    (void)file.metadata.Add("general.architecture", std::string_view(arch_));
    for (const auto& [key, value] : keys_) (void)file.metadata.Add(key, value);
    file.tensors = tensors_;
    return file;
  }

 private:
  static std::string Prefix(int layer) {
    return "blk." + std::to_string(layer) + ".";
  }

  void AddRecurrent(const std::string& p) {
    Add(p + "attn_qkv.weight", 64, 32);
    Add(p + "attn_gate.weight", 32, 32);
    Add(p + "ssm_alpha.weight", 4, 32);
    Add(p + "ssm_beta.weight", 4, 32);
    Add(p + "ssm_dt.bias", 1, 4);
    Add(p + "ssm_a", 1, 4);
    Add(p + "ssm_conv1d.weight", 64, 4);
    Add(p + "ssm_norm.weight", 1, 8);
    Add(p + "ssm_out.weight", 32, 32);
  }

  void AddSoftmax(const std::string& p) {
    Add(p + "attn_q.weight", 64, 32);
    Add(p + "attn_k.weight", 16, 32);
    Add(p + "attn_v.weight", 16, 32);
    Add(p + "attn_q_norm.weight", 1, 16);
    Add(p + "attn_k_norm.weight", 1, 16);
    Add(p + "attn_output.weight", 32, 32);
  }

  std::string arch_;
  std::map<std::string, MetaValue> keys_;
  std::deque<std::vector<int32_t>> arrays_;
  std::deque<std::string> names_;
  std::vector<TensorInfo> tensors_;
};

}  // namespace tenon::deltanet

#endif  // ARCH_DELTANET_TEST_FILE_H_
