#include "support/tiny_model.h"

#include <utility>

#include "support/tensor_maker.h"

namespace tenon::testing_support {
namespace {

using oracle::LlamaLayer;
using oracle::Matrix;
using oracle::Stretch;
using oracle::Vector;

class Maker {
 public:
  Maker(const TinyModelOptions& options, uint64_t seed)
      : options_(options), make_(options.matrices, options.vectors, seed) {}

  TinyModel Make();

 private:
  Vector AddBias(const std::string& name, uint32_t rows, bool has) {
    return has ? make_.AddVectorAround(name + ".bias", rows, 0.0, 0.3)
               : Vector();
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
  TensorMaker make_;
};

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
        make_.AddMatrix(block + "attn_qkv", q + 2 * kv, o.embedding, 1.5);
    SplitFusedQkv(all, AddBias(block + "attn_qkv", q + 2 * kv, biases), layer);
    return;
  }
  layer.q = make_.AddMatrix(block + "attn_q", q, o.embedding, 1.5);
  layer.k = make_.AddMatrix(block + "attn_k", kv, o.embedding, 1.5);
  layer.v = make_.AddMatrix(block + "attn_v", kv, o.embedding, 1.0);
  layer.q_bias = AddBias(block + "attn_q", q, biases);
  layer.k_bias = AddBias(block + "attn_k", kv, biases);
  layer.v_bias = AddBias(block + "attn_v", kv, biases);
}

LlamaLayer Maker::AddLayer(const std::string& block) {
  const TinyModelOptions& o = options_;
  const uint32_t e = o.embedding, f = o.feed_forward;
  LlamaLayer layer;
  layer.attn_norm = make_.AddNorm(block + "attn_norm", e);
  AddQkv(block, layer);
  if (o.architecture == "qwen3") {
    layer.q_norm = make_.AddNorm(block + "attn_q_norm", o.head_dim);
    layer.k_norm = make_.AddNorm(block + "attn_k_norm", o.head_dim);
  }
  layer.output =
      make_.AddMatrix(block + "attn_output", e, o.heads * o.head_dim, 1.0);
  layer.output_bias = AddBias(block + "attn_output", e, o.all_biases);
  layer.ffn_norm = make_.AddNorm(block + "ffn_norm", e);
  layer.gate = make_.AddMatrix(block + "ffn_gate", f, e, 1.5);
  layer.up = make_.AddMatrix(block + "ffn_up", f, e, 1.0);
  layer.down = make_.AddMatrix(block + "ffn_down", e, f, 1.0);
  layer.gate_bias = AddBias(block + "ffn_gate", f, o.all_biases);
  layer.up_bias = AddBias(block + "ffn_up", f, o.all_biases);
  layer.down_bias = AddBias(block + "ffn_down", e, o.all_biases);
  return layer;
}

void Maker::PutScaling() {
  if (options_.attention_factor != 1.0f)
    make_.file().Put(Key("rope.scaling.attn_factor"),
                     options_.attention_factor);
  if (options_.stretch == Stretch::kNone) return;
  const bool yarn = options_.stretch == Stretch::kYarn;
  make_.file()
      .Put(Key("rope.scaling.type"), yarn ? "yarn" : "linear")
      .Put(Key("rope.scaling.factor"), options_.stretch_factor);
  if (yarn)
    make_.file().Put(Key("rope.scaling.original_context_length"),
                     options_.original_context);
}

constexpr float kEps = 1e-5f;

void Maker::PutKeys() {
  const TinyModelOptions& o = options_;
  make_.file()
      .Put("general.architecture", std::string_view(o.architecture))
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
  if (o.window > 0) make_.file().Put(Key("attention.sliding_window"), o.window);
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
  w.embedding = make_.AddMatrix("token_embd", o.vocabulary, o.embedding, 2.0);
  Vector factors;
  if (o.rope_freqs) {
    std::vector<float> f;
    for (uint32_t i = 0; i < o.head_dim / 2; ++i)
      f.push_back(1.0f + static_cast<float>(make_.rng().Below(8)));
    factors = make_.AddVector("rope_freqs.weight", std::move(f));
  }
  for (uint32_t i = 0; i < o.layers; ++i)
    w.layers.push_back(AddLayer("blk." + std::to_string(i) + "."));
  w.output_norm = make_.AddNorm("output_norm", o.embedding);
  if (!o.tied)
    w.head = make_.AddMatrix("output", o.vocabulary, o.embedding, 2.0);
  if (!o.tied) w.head_bias = AddBias("output", o.vocabulary, o.all_biases);
  model.config = Config(std::move(factors));
  model.file = make_.file().Bytes();
  return model;
}

}  // namespace

TinyModel MakeTinyModel(const TinyModelOptions& options, uint64_t seed) {
  return Maker(options, seed).Make();
}

}  // namespace tenon::testing_support
