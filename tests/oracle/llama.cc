#include "oracle/llama.h"

#include <cmath>

namespace tenon::oracle {
namespace {

Vector NormIfAny(Vector x, const Vector& w, double eps) {
  return w.empty() ? x : RmsNorm(x, w, eps);
}

}  // namespace

Vector LlamaOracle::Attend(const LlamaLayer& layer, Cache& cache,
                           std::span<const double> x) const {
  const LlamaConfig& c = config_;
  const Vector h = RmsNorm(x, layer.attn_norm, c.eps);
  const Vector q =
      NormIfAny(Linear(layer.q, h, layer.q_bias), layer.q_norm, c.eps);
  const Vector k =
      NormIfAny(Linear(layer.k, h, layer.k_bias), layer.k_norm, c.eps);
  const Rotation turn = RopeAngles(c.rope, position_);
  cache.keys.push_back(Rope(k, c.head_dim, c.adjacent, turn));
  cache.values.push_back(Linear(layer.v, h, layer.v_bias));
  const double scale = 1.0 / std::sqrt(static_cast<double>(c.head_dim));
  const Vector mixed = Attention(
      {c.heads, c.kv_heads, c.head_dim, scale, c.window},
      Rope(q, c.head_dim, c.adjacent, turn), cache.keys, cache.values);
  return Linear(layer.output, mixed, layer.output_bias);
}

Vector LlamaOracle::FeedForward(const LlamaLayer& layer,
                                std::span<const double> x) const {
  const Vector h = RmsNorm(x, layer.ffn_norm, config_.eps);
  const Vector act = SwiGlu(Linear(layer.gate, h, layer.gate_bias),
                            Linear(layer.up, h, layer.up_bias));
  return Linear(layer.down, act, layer.down_bias);
}

OutputRow LlamaOracle::Feed(int32_t token) {
  const auto embedded = weights_.embedding.row(static_cast<size_t>(token));
  Vector x(embedded.begin(), embedded.end());
  for (size_t i = 0; i < weights_.layers.size(); ++i) {
    AddTo(x, Attend(weights_.layers[i], caches_[i], x));
    AddTo(x, FeedForward(weights_.layers[i], x));
  }
  ++position_;
  OutputRow row;
  row.hidden = RmsNorm(x, weights_.output_norm, config_.eps);
  const bool tied = weights_.head.rows == 0;
  row.logits = Linear(tied ? weights_.embedding : weights_.head, row.hidden,
                      weights_.head_bias);
  return row;
}

}  // namespace tenon::oracle
