#include "arch_deltanet/build.h"

#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "arch_deltanet/weights.h"
#include "tenon/blocks.h"

namespace tenon::deltanet {
namespace {

struct Projected {
  ValueId mixed;        // [T, 2K + Vd]: all q, all k, all v
  ValueId z;            // [T, Vd]: the gate of the output
  ValueId alpha, beta;  // [T, n_v]
};

// Un-interleaves old files, whose rows are grouped by key head: S of q, S of k,
// r S of v, r S of z.
void ProjectInterleaved(GraphBuilder& g, const Config& c, const LinearInputs& w,
                        const std::string& p, ValueId h, Projected& out) {
  const uint32_t S = c.delta.head_dim;
  const uint32_t values = c.value_cols() / c.delta.key_heads;  // r S
  const uint32_t group = 2 * S + 2 * values;
  const ValueId qkvz = g.Linear(p + "ssm_in", h, w.qkvz);
  out.mixed = g.Concat(p + "mixed",
                       {g.SliceEach(p + "q_in", qkvz, {0, S, group}),
                        g.SliceEach(p + "k_in", qkvz, {S, S, group}),
                        g.SliceEach(p + "v_in", qkvz, {2 * S, values, group})});
  out.z = g.SliceEach(p + "z", qkvz, {2 * S + values, values, group});
}

Projected Project(GraphBuilder& g, const Config& c, const LinearInputs& w,
                  const std::string& p, ValueId h) {
  Projected out;
  if (w.qkvz.weight != WeightId::kNone) {
    ProjectInterleaved(g, c, w, p, h, out);
  } else {
    out.mixed = g.Linear(p + "attn_qkv", h, w.qkv);
    out.z = g.Linear(p + "attn_gate", h, w.gate);
  }
  if (w.beta_alpha.weight != WeightId::kNone) {
    const uint32_t r = c.delta.value_heads / c.delta.key_heads;
    const ValueId ba = g.Linear(p + "ssm_ba", h, w.beta_alpha);
    out.beta = g.SliceEach(p + "beta_in", ba, {0, r, 2 * r});
    out.alpha = g.SliceEach(p + "alpha_in", ba, {r, r, 2 * r});
  } else {
    out.alpha = g.Linear(p + "ssm_alpha", h, w.alpha);
    out.beta = g.Linear(p + "ssm_beta", h, w.beta);
  }
  return out;
}

// Gated DeltaNet.  K and Vd: all columns of keys and of values; n_v value heads
// of S.  h [T, E] -> [T, E].
ValueId LinearAttention(GraphBuilder& g, const Config& c, const LinearLayer& w,
                        const std::string& p, ValueId h) {
  const uint32_t K = c.key_cols(), Vd = c.value_cols(), S = c.delta.head_dim;
  const StateId ring = g.Ring(p + "conv", c.conv_taps - 1, 2 * K + Vd);
  const StateId memory = g.Recurrent(p + "delta", Vd, S);  // n_v of [S, S]
  const Projected in = Project(g, c, w.in, p, h);

  // The ring keeps what enters the convolution, before its SiLU.
  const ValueId conv = g.CausalConv(p + "conv", in.mixed, w.conv, ring);
  const ValueId qkv = g.Silu(p + "conv_act", conv);  // [T, 2K + Vd]
  const ValueId q = g.L2Norm(p + "q_norm", g.Slice(p + "q", qkv, 0, K), S,
                             c.eps);  // [T, K]
  const ValueId k = g.L2Norm(p + "k_norm", g.Slice(p + "k", qkv, K, K), S,
                             c.eps);                   // [T, K]
  const ValueId v = g.Slice(p + "v", qkv, 2 * K, Vd);  // [T, Vd]

  // log decay = a softplus(alpha + dt), never positive.
  const ValueId dt =
      g.Softplus(p + "dt", g.Offset(p + "dt_in", in.alpha, w.dt));
  const ValueId decay = g.Scale(p + "decay", dt, w.a);  // [T, n_v]
  const ValueId beta = g.Sigmoid(p + "beta", in.beta);  // [T, n_v]

  const ValueId o = g.GatedDelta(p + "delta", {q, k, v, decay, beta}, memory,
                                 c.delta);  // [T, Vd]
  const ValueId y = g.GatedRmsNorm(p + "ssm_norm", o, in.z, w.norm, c.eps);
  return g.Linear(p + "ssm_out", y, w.out);  // [T, E]
}

// Softmax attention whose heads are gated, with partly rotated q and k.
// h [T, E] -> [T, E].
ValueId SoftmaxAttention(GraphBuilder& g, const Config& c,
                         const SoftmaxLayer& w, const std::string& p, ValueId h,
                         ValueId angles) {
  const auto [H, G, D] = c.heads;
  const RopeAttrs rope{D, c.rope.n_rot, RopePairing::kHalves};
  const AttentionAttrs attention{
      H, G, D, 1.0f / std::sqrt(static_cast<float>(D)), /*window=*/0};
  const StateId keys = g.Cache(p + "k", G * D);    // [P, G * D]
  const StateId values = g.Cache(p + "v", G * D);  // [P, G * D]

  // Each head of the projection is D of query, then D of gate.
  const ValueId qg = g.Linear(p + "attn_q", h, w.q);    // [T, 2 H * D]
  ValueId q = g.SliceEach(p + "q", qg, {0, D, 2 * D});  // [T, H * D]
  const ValueId gate = g.SliceEach(p + "gate", qg, {D, D, 2 * D});
  ValueId k = g.Linear(p + "attn_k", h, w.k);            // [T, G * D]
  const ValueId v = g.Linear(p + "attn_v", h, w.v);      // [T, G * D]
  q = g.RmsNorm(p + "attn_q_norm", q, w.q_norm, c.eps);  // per head
  k = g.RmsNorm(p + "attn_k_norm", k, w.k_norm, c.eps);
  q = g.Rope(p + "q_rope", q, angles, rope);
  k = g.Rope(p + "k_rope", k, angles, rope);
  g.Append(p + "k_append", keys, k);
  g.Append(p + "v_append", values, v);
  const ValueId heads = g.Attention(p + "attn", q, keys, values, attention);
  const ValueId y =
      g.Mul(p + "gated", heads, g.Sigmoid(p + "gate_act", gate));  // [T, H * D]
  return g.Linear(p + "attn_output", y, w.out);                    // [T, E]
}

}  // namespace

void BuildDeltaNet(GraphBuilder& g, const Config& c) {
  const Weights w = DeclareWeights(g, c);
  ValueId x = g.Embed("token_embd", w.embedding);              // [T, E]
  const ValueId angles = g.RopeAngles("rope_angles", c.rope);  // [T, n_rot]
  for (uint32_t i = 0; i < c.layers; ++i) {
    const std::string p = absl::StrCat("blk.", i, ".");
    const LayerWeights& layer = w.layers[i];
    const ValueId h = g.RmsNorm(p + "attn_norm", x, layer.attn_norm, c.eps);
    const ValueId a = c.recurrent[i]
                          ? LinearAttention(g, c, layer.linear, p, h)
                          : SoftmaxAttention(g, c, layer.softmax, p, h, angles);
    x = g.Add(p + "attn_residual", x, a);  // [T, E]
    const ValueId f =
        g.RmsNorm(p + "post_attention_norm", x, layer.ffn_norm, c.eps);
    const ValueId y = c.route.experts == 0
                          ? SwiGluBlock(g, p, f, layer.ffn)
                          : ExpertBlock(g, c, layer.experts, p, f);
    x = g.Add(p + "ffn_residual", x, y);  // [T, E]
  }
  const ValueId last = g.TakeOutputs("outputs", x);  // [R, E]
  const ValueId hidden =
      g.RmsNorm("output_norm", last, w.output_norm, c.eps);  // [R, E]
  g.Outputs(hidden, w.output);                               // [R, V]
}

}  // namespace tenon::deltanet
