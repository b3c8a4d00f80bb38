// A model file without data, for tests: metadata and a table of tensors.
#ifndef ARCH_TRANSFORMER_TEST_FILE_H_
#define ARCH_TRANSFORMER_TEST_FILE_H_

#include <deque>
#include <map>
#include <string>
#include <utility>

#include "tenon/model_file.h"

namespace tenon::transformer {

// Keys below the architecture's name; a key set again replaces the first.
class TestFile {
 public:
  explicit TestFile(std::string architecture) : arch_(std::move(architecture)) {
    Set("block_count", uint64_t{2});
    Set("embedding_length", uint64_t{32});
    Set("context_length", uint64_t{128});
    Set("feed_forward_length", uint64_t{48});
    Set("attention.head_count", uint64_t{4});
    Set("attention.head_count_kv", uint64_t{2});
    Set("attention.layer_norm_rms_epsilon", 1e-5);
    Add("token_embd.weight", 100, 32);
    Add("output_norm.weight", 1, 32);
    for (std::string p : {"blk.0.", "blk.1."}) AddLayer(p);
  }

  void Set(const std::string& key, MetaValue value) {
    keys_.insert_or_assign(arch_ + "." + key, std::move(value));
  }
  void Unset(const std::string& key) { keys_.erase(arch_ + "." + key); }

  void Add(const std::string& name, uint64_t rows, uint64_t cols) {
    names_.push_back(name);
    tensors_.push_back({names_.back(),
                        DType::kF32,
                        {cols, rows, 1, 1},
                        rows == 1 ? 1u : 2u,
                        0,
                        0,
                        rows * cols * 4});
  }
  void Remove(const std::string& name) {
    std::erase_if(tensors_, [&](const auto& t) { return t.name == name; });
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
  void AddLayer(const std::string& p) {
    Add(p + "attn_norm.weight", 1, 32);
    Add(p + "attn_q.weight", 32, 32);
    Add(p + "attn_k.weight", 16, 32);
    Add(p + "attn_v.weight", 16, 32);
    Add(p + "attn_output.weight", 32, 32);
    Add(p + "ffn_norm.weight", 1, 32);
    Add(p + "ffn_gate.weight", 48, 32);
    Add(p + "ffn_up.weight", 48, 32);
    Add(p + "ffn_down.weight", 32, 48);
  }

  std::string arch_;
  std::map<std::string, MetaValue> keys_;
  std::deque<std::string> names_;
  std::vector<TensorInfo> tensors_;
};

}  // namespace tenon::transformer

#endif  // ARCH_TRANSFORMER_TEST_FILE_H_
