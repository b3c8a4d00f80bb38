#include "arch_transformer/build.h"

#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "arch_transformer/weights.h"
#include "tenon/blocks.h"

namespace tenon::transformer {
namespace {

struct Qkv {
  ValueId q;  // [T, H * D]
  ValueId k;  // [T, G * D]
  ValueId v;  // [T, G * D]
};

Qkv Project(GraphBuilder& g, const Config& c, const LayerWeights& w,
            const std::string& p, ValueId h) {
  if (w.qkv.weight == WeightId::kNone) {
    return {g.Linear(p + "attn_q", h, w.q), g.Linear(p + "attn_k", h, w.k),
            g.Linear(p + "attn_v", h, w.v)};
  }
  const auto [H, G, D] = c.heads;
  const uint32_t q_cols = H * D, kv_cols = G * D;
  const ValueId qkv = g.Linear(p + "attn_qkv", h, w.qkv);
  return {g.Slice(p + "attn_q", qkv, 0, q_cols),
          g.Slice(p + "attn_k", qkv, q_cols, kv_cols),
          g.Slice(p + "attn_v", qkv, q_cols + kv_cols, kv_cols)};
}

// x + W_out attention(x).
ValueId AttentionBlock(GraphBuilder& g, const Config& c, const LayerWeights& w,
                       const std::string& p, ValueId x, ValueId angles) {
  const auto [H, G, D] = c.heads;
  const RopeAttrs rope{D, c.rope.n_rot, c.pairing};
  const AttentionAttrs attention{
      H, G, D, 1.0f / std::sqrt(static_cast<float>(D)), c.window};
  const StateId keys = g.Cache(p + "k", G * D);    // [P, G * D]
  const StateId values = g.Cache(p + "v", G * D);  // [P, G * D]

  const ValueId h =
      g.RmsNorm(p + "attn_norm", x, w.attn_norm, c.eps);  // [T, E]
  auto [q, k, v] = Project(g, c, w, p, h);
  if (w.q_norm != WeightId::kNone) {  // per head, before the rotation
    q = g.RmsNorm(p + "attn_q_norm", q, w.q_norm, c.eps);
    k = g.RmsNorm(p + "attn_k_norm", k, w.k_norm, c.eps);
  }
  q = g.Rope(p + "q_rope", q, angles, rope);  // [T, H * D]
  k = g.Rope(p + "k_rope", k, angles, rope);  // [T, G * D]
  g.Append(p + "k_append", keys, k);
  g.Append(p + "v_append", values, v);
  const ValueId heads =
      g.Attention(p + "attn", q, keys, values, attention);        // [T, H * D]
  const ValueId out = g.Linear(p + "attn_output", heads, w.out);  // [T, E]
  return g.Add(p + "attn_residual", x, out);                      // [T, E]
}

}  // namespace

void BuildTransformer(GraphBuilder& g, const Config& c) {
  const Weights w = DeclareWeights(g, c);
  ValueId x = g.Embed("token_embd", w.embedding);  // [T, E]
  const ValueId angles = g.RopeAngles("rope_angles", c.rope, w.rope_factors);
  for (uint32_t i = 0; i < c.layers; ++i) {
    const std::string p = absl::StrCat("blk.", i, ".");
    x = AttentionBlock(g, c, w.layers[i], p, x, angles);  // [T, E]
    const ValueId f =
        g.RmsNorm(p + "ffn_norm", x, w.layers[i].ffn_norm, c.eps);  // [T, E]
    x = g.Add(p + "ffn_residual", x,
              SwiGluBlock(g, p, f, w.layers[i].ffn));  // [T, E]
  }
  const ValueId last = g.TakeOutputs("outputs", x);  // [R, E]
  const ValueId hidden =
      g.RmsNorm("output_norm", last, w.output_norm, c.eps);  // [R, E]
  g.Outputs(hidden, w.output);                               // [R, V]
}

}  // namespace tenon::transformer
