#include "oracle/deltanet.h"

#include <cmath>

namespace tenon::oracle {
namespace {

Vector Apply(const SwiGluMatrices& w, std::span<const double> f) {
  return Linear(w.down, SwiGlu(Linear(w.gate, f), Linear(w.up, f)));
}

Vector Map(double (*function)(double), Vector x) {
  for (double& v : x) v = function(v);
  return x;
}

// a softplus(alpha + dt), for each value head.
Vector LogDecay(const DeltaNetLinear& w, std::span<const double> h) {
  Vector x = Linear(w.alpha, h, w.dt);
  for (size_t i = 0; i < x.size(); ++i) x[i] = w.a[i] * Softplus(x[i]);
  return x;
}

Vector Times(Vector x, std::span<const double> y) {
  for (size_t i = 0; i < x.size(); ++i) x[i] *= y[i];
  return x;
}

}  // namespace

DeltaNetOracle::DeltaNetOracle(const DeltaNetConfig& config,
                               const DeltaNetWeights& weights)
    : config_(config), weights_(weights) {
  const DeltaShape& d = config.delta;
  const size_t values = d.value_heads * d.head_dim;
  for (const DeltaNetLayer& layer : weights.layers) {
    const Matrix& taps = layer.linear.taps;
    State& state = states_.emplace_back();
    state.inputs.assign(taps.cols, Vector(taps.rows));
    state.memory.assign(values, Vector(d.head_dim));
  }
}

// The recurrent half of the layers.
Vector DeltaNetOracle::Mix(const DeltaNetLinear& w, State& state,
                           std::span<const double> h) const {
  const auto& [key_heads, value_heads, s, grouped] = config_.delta;
  state.inputs.erase(state.inputs.begin());
  state.inputs.push_back(Linear(w.qkv, h));
  const Vector mixed = Map(Silu, CausalConv(w.taps, state.inputs));
  const auto k = mixed.begin() + static_cast<ptrdiff_t>(key_heads * s);
  const auto v = k + static_cast<ptrdiff_t>(key_heads * s);
  const DeltaInput in{.q = L2Norm({mixed.begin(), k}, s, config_.eps),
                      .k = L2Norm({k, v}, s, config_.eps),
                      .v = {v, mixed.end()},
                      .log_decay = LogDecay(w, h),
                      .beta = Map(Sigmoid, Linear(w.beta, h))};
  const Vector out = DeltaRule(config_.delta, in, state.memory);
  return Linear(w.output, Times(RmsNorm(out, w.norm, config_.eps),
                                Map(Silu, Linear(w.z, h))));
}

Vector DeltaNetOracle::Attend(const DeltaNetSoftmax& w, State& state,
                              std::span<const double> h) const {
  const DeltaNetConfig& c = config_;
  const Rotation turn = RopeAngles(c.rope, position_);
  const Vector q = RmsNorm(Linear(w.q, h), w.q_norm, c.eps);
  const Vector k = RmsNorm(Linear(w.k, h), w.k_norm, c.eps);
  state.keys.push_back(Rope(k, c.head_dim, /*adjacent=*/false, turn));
  state.values.push_back(Linear(w.v, h));
  const double scale = 1.0 / std::sqrt(static_cast<double>(c.head_dim));
  const Vector mixed = Attention(
      {c.heads, c.kv_heads, c.head_dim, scale, /*window=*/0},
      Rope(q, c.head_dim, /*adjacent=*/false, turn), state.keys, state.values);
  return Linear(w.output, Times(mixed, Map(Sigmoid, Linear(w.gate, h))));
}

Vector DeltaNetOracle::FeedForward(const DeltaNetLayer& w,
                                   std::span<const double> f) const {
  Vector y = Apply(w.ffn, f);
  if (w.experts.empty()) return y;
  const Matrix gate{1, w.shared_gate.size(), w.shared_gate};
  const double share = Sigmoid(Linear(gate, f)[0]);
  for (double& v : y) v *= share;
  const Choice choice = Route(Linear(w.router, f), config_.experts_used);
  for (size_t i = 0; i < choice.experts.size(); ++i)
    AddTo(y, Apply(w.experts[choice.experts[i]], f), choice.weights[i]);
  return y;
}

OutputRow DeltaNetOracle::Feed(int32_t token) {
  const double eps = config_.eps;
  const auto embedded = weights_.embedding.row(static_cast<size_t>(token));
  Vector x(embedded.begin(), embedded.end());
  for (size_t i = 0; i < weights_.layers.size(); ++i) {
    const DeltaNetLayer& layer = weights_.layers[i];
    const Vector h = RmsNorm(x, layer.attn_norm, eps);
    AddTo(x, layer.recurrent ? Mix(layer.linear, states_[i], h)
                             : Attend(layer.softmax, states_[i], h));
    AddTo(x, FeedForward(layer, RmsNorm(x, layer.ffn_norm, eps)));
  }
  ++position_;
  OutputRow row;
  row.hidden = RmsNorm(x, weights_.output_norm, eps);
  const bool tied = weights_.head.rows == 0;
  row.logits = Linear(tied ? weights_.embedding : weights_.head, row.hidden);
  return row;
}

}  // namespace tenon::oracle
