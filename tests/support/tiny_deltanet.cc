#include "support/tiny_deltanet.h"

#include <utility>

#include "support/tensor_maker.h"

namespace tenon::testing_support {
namespace {

using oracle::DeltaNetLayer;
using oracle::DeltaNetLinear;
using oracle::DeltaNetSoftmax;
using oracle::Matrix;
using oracle::SwiGluMatrices;
using oracle::Vector;

// Trunk layer i, by the list of layers or else by the interval.
bool IsRecurrent(const TinyDeltaNetOptions& o, uint32_t i) {
  if (!o.recurrent_layers.empty()) return o.recurrent_layers[i];
  const uint32_t interval = o.interval == 0 ? 4 : o.interval;
  return (i + 1) % interval != 0;
}

class DeltaNetMaker {
 public:
  DeltaNetMaker(const TinyDeltaNetOptions& options, uint64_t seed)
      : options_(options), make_(options.matrices, DType::kF32, seed) {}

  TinyDeltaNet Make();

 private:
  bool next() const { return options_.architecture == "qwen3next"; }
  uint32_t key_cols() const { return options_.key_heads * options_.state_size; }
  uint32_t value_cols() const {
    return options_.value_heads * options_.state_size;
  }
  std::string Key(const char* name) const {
    return options_.architecture + "." + name;
  }
  void AddFusedInput(const std::string& block, DeltaNetLinear& w);
  void AddInput(const std::string& block, DeltaNetLinear& w);
  void AddBetaAlpha(const std::string& block, DeltaNetLinear& w);
  DeltaNetLinear AddLinear(const std::string& block);
  DeltaNetSoftmax AddSoftmax(const std::string& block);
  SwiGluMatrices AddSwiGlu(const std::string& block, uint32_t feed_forward,
                           const char* end);
  void AddExperts(const std::string& block, DeltaNetLayer& layer);
  DeltaNetLayer AddLayer(const std::string& block, bool recurrent);
  void AddNextN(const std::string& block);
  void PutKeys();
  void PutScheduleKeys();
  void PutDeltaKeys();
  void PutExpertKeys();
  oracle::DeltaNetConfig Config() const;

  const TinyDeltaNetOptions& options_;
  TensorMaker make_;
};

// One matrix whose rows are grouped by key head: S of q, S of k, r S of v,
// r S of z.
void DeltaNetMaker::AddFusedInput(const std::string& block, DeltaNetLinear& w) {
  const uint32_t s = options_.state_size;
  const uint32_t values = value_cols() / options_.key_heads;
  const uint32_t group = 2 * s + 2 * values;
  const Matrix in = make_.AddMatrix(
      block + "ssm_in", options_.key_heads * group, options_.embedding, 1.5);
  w.qkv = Stack({RowsOfEach(in, 0, s, group), RowsOfEach(in, s, s, group),
                 RowsOfEach(in, 2 * s, values, group)});
  w.z = RowsOfEach(in, 2 * s + values, values, group);
}

void DeltaNetMaker::AddInput(const std::string& block, DeltaNetLinear& w) {
  const uint32_t e = options_.embedding;
  w.qkv = make_.AddMatrix(block + "attn_qkv", 2 * key_cols() + value_cols(), e,
                          1.5);
  w.z = make_.AddMatrix(block + "attn_gate", value_cols(), e, 1.5);
}

void DeltaNetMaker::AddBetaAlpha(const std::string& block, DeltaNetLinear& w) {
  const uint32_t e = options_.embedding, n = options_.value_heads;
  if (!next()) {
    w.alpha = make_.AddMatrix(block + "ssm_alpha", n, e, 1.0);
    w.beta = make_.AddMatrix(block + "ssm_beta", n, e, 1.5);
    return;
  }
  // Per key head: r of beta, r of alpha.
  const uint32_t r = n / options_.key_heads;
  const Matrix both = make_.AddMatrix(block + "ssm_ba", 2 * n, e, 1.0);
  w.beta = RowsOfEach(both, 0, r, 2 * r);
  w.alpha = RowsOfEach(both, r, r, 2 * r);
}

DeltaNetLinear DeltaNetMaker::AddLinear(const std::string& block) {
  const TinyDeltaNetOptions& o = options_;
  DeltaNetLinear w;
  o.fused_ssm_in ? AddFusedInput(block, w) : AddInput(block, w);
  AddBetaAlpha(block, w);
  const double dt = static_cast<double>(o.dt), a = static_cast<double>(o.a);
  w.dt = make_.AddVectorAround(block + "ssm_dt.bias", o.value_heads, dt, 1.5);
  w.a = make_.AddVectorAround(block + "ssm_a", o.value_heads, a, -0.9 * a);
  w.taps = make_.AddMatrix(block + "ssm_conv1d", 2 * key_cols() + value_cols(),
                           o.taps, 2.0, DType::kF32);
  w.norm = make_.AddNorm(block + "ssm_norm", o.state_size);
  w.output = make_.AddMatrix(block + "ssm_out", o.embedding, value_cols(), 1.5);
  return w;
}

DeltaNetSoftmax DeltaNetMaker::AddSoftmax(const std::string& block) {
  const TinyDeltaNetOptions& o = options_;
  const uint32_t e = o.embedding, d = o.head_dim;
  const Matrix q = make_.AddMatrix(block + "attn_q", 2 * o.heads * d, e, 1.5);
  DeltaNetSoftmax w;
  w.q = RowsOfEach(q, 0, d, 2 * d);  // per head: d of query, d of gate
  w.gate = RowsOfEach(q, d, d, 2 * d);
  w.k = make_.AddMatrix(block + "attn_k", o.kv_heads * d, e, 1.5);
  w.v = make_.AddMatrix(block + "attn_v", o.kv_heads * d, e, 1.0);
  w.q_norm = make_.AddNorm(block + "attn_q_norm", d);
  w.k_norm = make_.AddNorm(block + "attn_k_norm", d);
  w.output = make_.AddMatrix(block + "attn_output", e, o.heads * d, 1.5);
  return w;
}

SwiGluMatrices DeltaNetMaker::AddSwiGlu(const std::string& block,
                                        uint32_t feed_forward,
                                        const char* end) {
  const uint32_t e = options_.embedding;
  SwiGluMatrices w;
  w.gate = make_.AddMatrix(block + "ffn_gate" + end, feed_forward, e, 1.5);
  w.up = make_.AddMatrix(block + "ffn_up" + end, feed_forward, e, 1.0);
  w.down = make_.AddMatrix(block + "ffn_down" + end, e, feed_forward, 1.0);
  return w;
}

void DeltaNetMaker::AddExperts(const std::string& block, DeltaNetLayer& layer) {
  const TinyDeltaNetOptions& o = options_;
  const uint32_t n = o.experts, e = o.embedding, f = o.expert_feed_forward;
  layer.router =
      make_.AddMatrix(block + "ffn_gate_inp", n, e, 2.0, DType::kF32);
  layer.experts.resize(n);
  if (o.fused_experts) {  // of each expert: the gate, then up
    const auto both =
        make_.AddMatrices(block + "ffn_gate_up_exps", n, 2 * f, e, 1.5);
    for (uint32_t i = 0; i < n; ++i) {
      layer.experts[i].gate = RowsOf(both[i], 0, f);
      layer.experts[i].up = RowsOf(both[i], f, f);
    }
  } else {
    const auto gate = make_.AddMatrices(block + "ffn_gate_exps", n, f, e, 1.5);
    const auto up = make_.AddMatrices(block + "ffn_up_exps", n, f, e, 1.0);
    for (uint32_t i = 0; i < n; ++i)
      layer.experts[i] = {gate[i], up[i], Matrix()};
  }
  const auto down = make_.AddMatrices(block + "ffn_down_exps", n, e, f, 1.0);
  for (uint32_t i = 0; i < n; ++i) layer.experts[i].down = down[i];
  layer.shared_gate =
      make_.AddVectorAround(block + "ffn_gate_inp_shexp.weight", e, 0.0, 0.3);
  layer.ffn = AddSwiGlu(block, o.shared_feed_forward, "_shexp");
}

DeltaNetLayer DeltaNetMaker::AddLayer(const std::string& block,
                                      bool recurrent) {
  const TinyDeltaNetOptions& o = options_;
  DeltaNetLayer layer;
  layer.recurrent = recurrent;
  layer.attn_norm = make_.AddNorm(block + "attn_norm", o.embedding);
  if (recurrent)
    layer.linear = AddLinear(block);
  else
    layer.softmax = AddSoftmax(block);
  layer.ffn_norm = make_.AddNorm(block + "post_attention_norm", o.embedding);
  if (o.experts > 0)
    AddExperts(block, layer);
  else
    layer.ffn = AddSwiGlu(block, o.feed_forward, "");
  return layer;
}

// A block that predicts a further token: none of it shows in the logits.
void DeltaNetMaker::AddNextN(const std::string& block) {
  const uint32_t e = options_.embedding;
  (void)AddLayer(block, /*recurrent=*/false);
  (void)make_.AddMatrix(block + "nextn.eh_proj", e, 2 * e, 1.0);
  for (const char* norm : {"enorm", "hnorm", "shared_head_norm"})
    (void)make_.AddNorm(block + "nextn." + norm, e);
}

void DeltaNetMaker::PutScheduleKeys() {
  const TinyDeltaNetOptions& o = options_;
  make_.file().Put(Key("block_count"), o.layers + (o.nextn ? 1 : 0));
  if (o.nextn) make_.file().Put(Key("nextn_predict_layers"), uint32_t{1});
  if (o.interval > 0)
    make_.file().Put(Key("full_attention_interval"), o.interval);
  if (o.recurrent_layers.empty()) return;
  std::vector<bool> blocks = o.recurrent_layers;
  blocks.resize(o.layers + (o.nextn ? 1 : 0));
  make_.file().Put(Key("attention.recurrent_layers"), blocks);
}

void DeltaNetMaker::PutDeltaKeys() {
  make_.file()
      .Put(Key("ssm.conv_kernel"), options_.taps)
      .Put(Key("ssm.state_size"), options_.state_size)
      .Put(Key("ssm.group_count"), options_.key_heads)
      .Put(Key("ssm.time_step_rank"), options_.value_heads)
      .Put(Key("ssm.inner_size"), value_cols());
}

void DeltaNetMaker::PutExpertKeys() {
  const TinyDeltaNetOptions& o = options_;
  make_.file()
      .Put(Key("expert_count"), o.experts)
      .Put(Key("expert_used_count"), o.used)
      .Put(Key("expert_feed_forward_length"), o.expert_feed_forward)
      .Put(Key("expert_shared_feed_forward_length"), o.shared_feed_forward);
}

void DeltaNetMaker::PutKeys() {
  const TinyDeltaNetOptions& o = options_;
  make_.file()
      .Put("general.architecture", std::string_view(o.architecture))
      .Put(Key("context_length"), uint32_t{256})
      .Put(Key("embedding_length"), o.embedding)
      .Put(Key("attention.head_count"), o.heads)
      .Put(Key("attention.head_count_kv"), o.kv_heads)
      .Put(Key("attention.key_length"), o.head_dim)
      .Put(Key("attention.value_length"), o.head_dim)
      .Put(Key("attention.layer_norm_rms_epsilon"), o.eps)
      .Put(Key("rope.dimension_count"), o.n_rot)
      .Put(Key("rope.freq_base"), o.rope_base)
      .Put(Key("vocab_size"), o.vocabulary);
  if (!next()) {  // a share of the pairs for each of three position streams
    const auto share = static_cast<int32_t>((o.n_rot / 2 + 2) / 3);
    make_.file().Put(Key("rope.dimension_sections"),
                     std::vector<int32_t>{share, share, share, 0});
  }
  PutScheduleKeys();
  PutDeltaKeys();
  if (o.experts > 0)
    PutExpertKeys();
  else
    make_.file().Put(Key("feed_forward_length"), o.feed_forward);
}

oracle::DeltaNetConfig DeltaNetMaker::Config() const {
  const TinyDeltaNetOptions& o = options_;
  oracle::RopeShape rope;
  rope.n_rot = o.n_rot;
  rope.base = static_cast<double>(o.rope_base);
  return {.heads = o.heads,
          .kv_heads = o.kv_heads,
          .head_dim = o.head_dim,
          .eps = static_cast<double>(o.eps),
          .rope = rope,
          .delta = {o.key_heads, o.value_heads, o.state_size, next()},
          .experts_used = o.used};
}

TinyDeltaNet DeltaNetMaker::Make() {
  const TinyDeltaNetOptions& o = options_;
  PutKeys();
  TinyDeltaNet model;
  oracle::DeltaNetWeights& w = model.weights;
  w.embedding = make_.AddMatrix("token_embd", o.vocabulary, o.embedding, 2.0);
  for (uint32_t i = 0; i < o.layers; ++i)
    w.layers.push_back(
        AddLayer("blk." + std::to_string(i) + ".", IsRecurrent(o, i)));
  if (o.nextn) AddNextN("blk." + std::to_string(o.layers) + ".");
  w.output_norm = make_.AddNorm("output_norm", o.embedding);
  if (!o.tied)
    w.head = make_.AddMatrix("output", o.vocabulary, o.embedding, 2.0);
  model.config = Config();
  model.file = make_.file().Bytes();
  return model;
}

}  // namespace

TinyDeltaNet MakeTinyDeltaNet(const TinyDeltaNetOptions& options,
                              uint64_t seed) {
  return DeltaNetMaker(options, seed).Make();
}

}  // namespace tenon::testing_support
