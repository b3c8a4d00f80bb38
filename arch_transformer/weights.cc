#include "arch_transformer/weights.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace tenon::transformer {
namespace {

LayerWeights DeclareLayer(GraphBuilder& g, const Config& c, uint32_t layer) {
  const std::string p = absl::StrCat("blk.", layer, ".");
  const auto [H, G, D] = c.heads;
  LayerWeights w;
  w.attn_norm = g.Vector(p + "attn_norm.weight", c.E);
  if (g.Has(p + "attn_qkv.weight")) {
    w.qkv = g.LinearOf(p + "attn_qkv", (H + 2 * G) * D, c.E);
  } else {
    w.q = g.LinearOf(p + "attn_q", H * D, c.E);
    w.k = g.LinearOf(p + "attn_k", G * D, c.E);
    w.v = g.LinearOf(p + "attn_v", G * D, c.E);
  }
  if (c.qk_norm || g.Has(p + "attn_q_norm.weight")) {
    w.q_norm = g.Vector(p + "attn_q_norm.weight", D);
    w.k_norm = g.Vector(p + "attn_k_norm.weight", D);
  }
  w.out = g.LinearOf(p + "attn_output", c.E, H * D);
  w.ffn_norm = g.Vector(p + "ffn_norm.weight", c.E);
  w.ffn = DeclareSwiGlu(g, p, c.E, c.F);
  return w;
}

}  // namespace

Weights DeclareWeights(GraphBuilder& g, const Config& c) {
  Weights w;
  w.embedding = g.Matrix("token_embd.weight", c.V, c.E);
  if (g.Has("rope_freqs.weight"))
    w.rope_factors = g.Vector("rope_freqs.weight", c.rope.n_rot / 2);
  for (uint32_t i = 0; i < c.layers; ++i)
    w.layers.push_back(DeclareLayer(g, c, i));
  w.output_norm = g.Vector("output_norm.weight", c.E);
  if (g.Has("output.weight"))
    w.output = g.LinearOf("output", c.V, c.E);
  else
    w.output.weight = w.embedding;
  return w;
}

}  // namespace tenon::transformer
