#include "support/tiny_model.h"

#include <cmath>
#include <cstring>
#include <utility>

#include "support/gguf_writer.h"
#include "support/random.h"

namespace tenon::testing_support {
namespace {

using oracle::LlamaLayer;
using oracle::Matrix;
using oracle::Stretch;
using oracle::Vector;

// Draws tensors, and writes each to the file.
class Maker {
 public:
  Maker(const TinyModelOptions& options, uint64_t seed)
      : options_(options), rng_(seed) {}

  TinyModel Make();

 private:
  Matrix AddMatrix(const std::string& name, uint32_t rows, uint32_t cols,
                   double gain);
  Vector AddVector(const std::string& name, std::vector<float> values);
  Vector AddVectorAround(const std::string& name, uint32_t cols, double middle,
                         double spread);
  Vector AddNorm(const std::string& name, uint32_t cols) {
    return AddVectorAround(name + ".weight", cols, 1.0, 0.3);
  }
  Vector AddBias(const std::string& name, uint32_t rows, bool has) {
    return has ? AddVectorAround(name + ".bias", rows, 0.0, 0.3) : Vector();
  }
  void AddQkv(const std::string& block, LlamaLayer& layer);
  void SplitFusedQkv(const Matrix& qkv, const Vector& bias, LlamaLayer& layer);
  LlamaLayer AddLayer(const std::string& block);
  void PutKeys();
  void PutScaling();
  oracle::LlamaConfig Config(Vector rope_factors) const;
  std::string Key(const char* name) const {
    return options_.architecture + "." + name;
  }

  const TinyModelOptions& options_;
  Rng rng_;
  GgufWriter file_;
};

Matrix Maker::AddMatrix(const std::string& name, uint32_t rows, uint32_t cols,
                        double gain) {
  const auto bytes = RandomElements(options_.matrices, size_t{rows} * cols,
                                    gain / std::sqrt(cols), rng_);
  file_.AddTensor(name + ".weight", {cols, rows}, options_.matrices, bytes);
  return {rows, cols, Decode(options_.matrices, bytes)};
}

Vector Maker::AddVector(const std::string& name, std::vector<float> values) {
  std::vector<std::byte> bytes(RowBytes(options_.vectors, values.size()));
  for (size_t i = 0; i < values.size(); ++i)
    PutNumber(options_.vectors, values[i],
              &bytes[i * Info(options_.vectors).block_bytes]);
  file_.AddTensor(name, {values.size()}, options_.vectors, bytes);
  return Decode(options_.vectors, bytes);
}

Vector Maker::AddVectorAround(const std::string& name, uint32_t cols,
                              double middle, double spread) {
  std::vector<float> values;
  for (uint32_t i = 0; i < cols; ++i)
    values.push_back(
        static_cast<float>(rng_.Uniform(middle - spread, middle + spread)));
  return AddVector(name, std::move(values));
}

Matrix RowsOf(const Matrix& m, size_t first, size_t count) {
  const auto begin = m.values.begin() + static_cast<ptrdiff_t>(first * m.cols);
  return {count, m.cols,
          Vector(begin, begin + static_cast<ptrdiff_t>(count * m.cols))};
}

Vector PartOf(const Vector& v, size_t first, size_t count) {
  if (v.empty()) return v;
  return RowsOf({v.size(), 1, v}, first, count).values;
}

void Maker::SplitFusedQkv(const Matrix& qkv, const Vector& bias,
                          LlamaLayer& layer) {
  const size_t q = options_.heads * options_.head_dim;
  const size_t kv = options_.kv_heads * options_.head_dim;
  layer.q = RowsOf(qkv, 0, q);
  layer.k = RowsOf(qkv, q, kv);
  layer.v = RowsOf(qkv, q + kv, kv);
  layer.q_bias = PartOf(bias, 0, q);
  layer.k_bias = PartOf(bias, q, kv);
  layer.v_bias = PartOf(bias, q + kv, kv);
}

void Maker::AddQkv(const std::string& block, LlamaLayer& layer) {
  const TinyModelOptions& o = options_;
  const uint32_t q = o.heads * o.head_dim, kv = o.kv_heads * o.head_dim;
  const bool biases = o.all_biases || o.architecture == "qwen2";
  if (o.fused_qkv) {
    const Matrix all =
        AddMatrix(block + "attn_qkv", q + 2 * kv, o.embedding, 1.5);
    SplitFusedQkv(all, AddBias(block + "attn_qkv", q + 2 * kv, biases), layer);
    return;
  }
  layer.q = AddMatrix(block + "attn_q", q, o.embedding, 1.5);
  layer.k = AddMatrix(block + "attn_k", kv, o.embedding, 1.5);
  layer.v = AddMatrix(block + "attn_v", kv, o.embedding, 1.0);
  layer.q_bias = AddBias(block + "attn_q", q, biases);
  layer.k_bias = AddBias(block + "attn_k", kv, biases);
  layer.v_bias = AddBias(block + "attn_v", kv, biases);
}

LlamaLayer Maker::AddLayer(const std::string& block) {
  const TinyModelOptions& o = options_;
  const uint32_t e = o.embedding, f = o.feed_forward;
  LlamaLayer layer;
  layer.attn_norm = AddNorm(block + "attn_norm", e);
  AddQkv(block, layer);
  if (o.architecture == "qwen3") {
    layer.q_norm = AddNorm(block + "attn_q_norm", o.head_dim);
    layer.k_norm = AddNorm(block + "attn_k_norm", o.head_dim);
  }
  layer.output = AddMatrix(block + "attn_output", e, o.heads * o.head_dim, 1.0);
  layer.output_bias = AddBias(block + "attn_output", e, o.all_biases);
  layer.ffn_norm = AddNorm(block + "ffn_norm", e);
  layer.gate = AddMatrix(block + "ffn_gate", f, e, 1.5);
  layer.up = AddMatrix(block + "ffn_up", f, e, 1.0);
  layer.down = AddMatrix(block + "ffn_down", e, f, 1.0);
  layer.gate_bias = AddBias(block + "ffn_gate", f, o.all_biases);
  layer.up_bias = AddBias(block + "ffn_up", f, o.all_biases);
  layer.down_bias = AddBias(block + "ffn_down", e, o.all_biases);
  return layer;
}

void Maker::PutScaling() {
  if (options_.attention_factor != 1.0f)
    file_.Put(Key("rope.scaling.attn_factor"), options_.attention_factor);
  if (options_.stretch == Stretch::kNone) return;
  const bool yarn = options_.stretch == Stretch::kYarn;
  file_.Put(Key("rope.scaling.type"), yarn ? "yarn" : "linear")
      .Put(Key("rope.scaling.factor"), options_.stretch_factor);
  if (yarn)
    file_.Put(Key("rope.scaling.original_context_length"),
              options_.original_context);
}

constexpr float kEps = 1e-5f;

void Maker::PutKeys() {
  const TinyModelOptions& o = options_;
  file_.Put("general.architecture", std::string_view(o.architecture))
      .Put(Key("context_length"), uint32_t{256})
      .Put(Key("embedding_length"), o.embedding)
      .Put(Key("block_count"), o.layers)
      .Put(Key("feed_forward_length"), o.feed_forward)
      .Put(Key("attention.head_count"), o.heads)
      .Put(Key("attention.head_count_kv"), o.kv_heads)
      .Put(Key("attention.key_length"), o.head_dim)
      .Put(Key("attention.value_length"), o.head_dim)
      .Put(Key("attention.layer_norm_rms_epsilon"), kEps)
      .Put(Key("rope.dimension_count"), o.head_dim)
      .Put(Key("rope.freq_base"), o.rope_base)
      .Put(Key("vocab_size"), o.vocabulary);
  if (o.window > 0) file_.Put(Key("attention.sliding_window"), o.window);
  PutScaling();
}

oracle::LlamaConfig Maker::Config(Vector rope_factors) const {
  const TinyModelOptions& o = options_;
  const oracle::RopeShape rope{
      .n_rot = o.head_dim,
      .base = static_cast<double>(o.rope_base),
      .factors = std::move(rope_factors),
      .stretch = o.stretch,
      .stretch_factor = static_cast<double>(o.stretch_factor),
      .original_context = static_cast<double>(o.original_context),
      .attention_factor = static_cast<double>(o.attention_factor)};
  return {.embedding = o.embedding,
          .heads = o.heads,
          .kv_heads = o.kv_heads,
          .head_dim = o.head_dim,
          .eps = static_cast<double>(kEps),
          .rope = rope,
          .adjacent = o.architecture == "llama",
          .window = o.window};
}

TinyModel Maker::Make() {
  const TinyModelOptions& o = options_;
  PutKeys();
  TinyModel model;
  oracle::LlamaWeights& w = model.weights;
  w.embedding = AddMatrix("token_embd", o.vocabulary, o.embedding, 2.0);
  Vector factors;
  if (o.rope_freqs) {
    std::vector<float> f;
    for (uint32_t i = 0; i < o.head_dim / 2; ++i)
      f.push_back(1.0f + static_cast<float>(rng_.Below(8)));
    factors = AddVector("rope_freqs.weight", std::move(f));
  }
  for (uint32_t i = 0; i < o.layers; ++i)
    w.layers.push_back(AddLayer("blk." + std::to_string(i) + "."));
  w.output_norm = AddNorm("output_norm", o.embedding);
  if (!o.tied) w.head = AddMatrix("output", o.vocabulary, o.embedding, 2.0);
  if (!o.tied) w.head_bias = AddBias("output", o.vocabulary, o.all_biases);
  model.config = Config(std::move(factors));
  model.file = file_.Bytes();
  return model;
}

}  // namespace

TinyModel MakeTinyModel(const TinyModelOptions& options, uint64_t seed) {
  return Maker(options, seed).Make();
}

std::vector<int32_t> RandomTokens(size_t count, uint32_t vocabulary,
                                  uint64_t seed) {
  Rng rng(seed);
  std::vector<int32_t> tokens;
  while (tokens.size() < count)
    tokens.push_back(static_cast<int32_t>(rng.Below(vocabulary)));
  return tokens;
}

}  // namespace tenon::testing_support
