#include "arch_deltanet/weights.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace tenon::deltanet {
namespace {

LinearInputs DeclareInputs(GraphBuilder& g, const Config& c,
                           const std::string& p) {
  const uint32_t n_v = c.delta.value_heads;
  const uint32_t K = c.key_cols(), Vd = c.value_cols();
  LinearInputs w;
  if (g.Has(p + "ssm_in.weight")) {
    w.qkvz = g.LinearOf(p + "ssm_in", 2 * K + 2 * Vd, c.E);
  } else {
    w.qkv = g.LinearOf(p + "attn_qkv", 2 * K + Vd, c.E);
    w.gate = g.LinearOf(p + "attn_gate", Vd, c.E);
  }
  if (g.Has(p + "ssm_ba.weight")) {
    w.beta_alpha = g.LinearOf(p + "ssm_ba", 2 * n_v, c.E);
  } else {
    w.alpha = g.LinearOf(p + "ssm_alpha", n_v, c.E);
    w.beta = g.LinearOf(p + "ssm_beta", n_v, c.E);
  }
  return w;
}

LinearLayer DeclareLinear(GraphBuilder& g, const Config& c,
                          const std::string& p) {
  const uint32_t n_v = c.delta.value_heads;
  LinearLayer w;
  w.in = DeclareInputs(g, c, p);
  w.dt = g.Vector(p + "ssm_dt.bias", n_v);
  w.a = g.Vector(p + "ssm_a", n_v);  // no ".weight" in its name
  w.conv = g.Matrix(p + "ssm_conv1d.weight", 2 * c.key_cols() + c.value_cols(),
                    c.conv_taps);
  w.norm = g.Vector(p + "ssm_norm.weight", c.delta.head_dim);
  w.out = g.LinearOf(p + "ssm_out", c.E, c.value_cols());
  return w;
}

SoftmaxLayer DeclareSoftmax(GraphBuilder& g, const Config& c,
                            const std::string& p) {
  const auto [H, G, D] = c.heads;
  SoftmaxLayer w;
  w.q = g.LinearOf(p + "attn_q", 2 * H * D, c.E);
  w.k = g.LinearOf(p + "attn_k", G * D, c.E);
  w.v = g.LinearOf(p + "attn_v", G * D, c.E);
  w.q_norm = g.Vector(p + "attn_q_norm.weight", D);
  w.k_norm = g.Vector(p + "attn_k_norm.weight", D);
  w.out = g.LinearOf(p + "attn_output", c.E, H * D);
  return w;
}

LayerWeights DeclareLayer(GraphBuilder& g, const Config& c, uint32_t layer) {
  const std::string p = absl::StrCat("blk.", layer, ".");
  LayerWeights w{};
  w.attn_norm = g.Vector(p + "attn_norm.weight", c.E);
  if (c.recurrent[layer])
    w.linear = DeclareLinear(g, c, p);
  else
    w.softmax = DeclareSoftmax(g, c, p);
  w.ffn_norm = g.Vector(p + "post_attention_norm.weight", c.E);
  if (c.route.experts == 0)
    w.ffn = DeclareSwiGlu(g, p, c.E, c.F);
  else
    w.experts = DeclareExperts(g, c, p);
  return w;
}

}  // namespace

Weights DeclareWeights(GraphBuilder& g, const Config& c) {
  Weights w;
  w.embedding = g.Matrix("token_embd.weight", c.V, c.E);
  for (uint32_t i = 0; i < c.layers; ++i)
    w.layers.push_back(DeclareLayer(g, c, i));
  for (uint32_t i = 0; i < c.nextn_layers; ++i)
    g.Ignore(absl::StrCat("blk.", c.layers + i, "."));
  w.output_norm = g.Vector("output_norm.weight", c.E);
  if (g.Has("output.weight"))
    w.output = g.LinearOf("output", c.V, c.E);
  else
    w.output.weight = w.embedding;
  return w;
}

}  // namespace tenon::deltanet
