#include "oracle/ops.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace tenon::oracle {

void AddTo(Vector& x, std::span<const double> y, double factor) {
  for (size_t i = 0; i < x.size(); ++i) x[i] += factor * y[i];
}

Vector Linear(const Matrix& w, std::span<const double> x,
              std::span<const double> bias) {
  Vector y(w.rows);
  for (size_t r = 0; r < w.rows; ++r) {
    for (size_t c = 0; c < w.cols; ++c) y[r] += w.row(r)[c] * x[c];
    if (!bias.empty()) y[r] += bias[r];
  }
  return y;
}

Vector RmsNorm(std::span<const double> x, std::span<const double> w,
               double eps) {
  Vector y(x.size());
  for (size_t run = 0; run < x.size(); run += w.size()) {
    double squares = 0;
    for (size_t i = 0; i < w.size(); ++i) squares += x[run + i] * x[run + i];
    const double rms = std::sqrt(squares / static_cast<double>(w.size()) + eps);
    for (size_t i = 0; i < w.size(); ++i) y[run + i] = x[run + i] / rms * w[i];
  }
  return y;
}

Vector L2Norm(Vector x, size_t width, double eps) {
  for (size_t run = 0; run < x.size(); run += width) {
    double squares = 0;
    for (size_t i = 0; i < width; ++i) squares += x[run + i] * x[run + i];
    const double length = std::max(std::sqrt(squares), eps);
    for (size_t i = 0; i < width; ++i) x[run + i] /= length;
  }
  return x;
}

double Sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }
double Silu(double x) { return x * Sigmoid(x); }
double Softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

Vector SwiGlu(std::span<const double> gate, std::span<const double> up) {
  Vector y(gate.size());
  for (size_t i = 0; i < y.size(); ++i) y[i] = Silu(gate[i]) * up[i];
  return y;
}

YarnBand FindYarnBand(const RopeShape& shape) {
  const double n = static_cast<double>(shape.n_rot);
  auto pair_of = [&](double turns) {
    const double wavelength = shape.original_context / turns;
    return n * std::log(wavelength / (2 * std::numbers::pi)) /
           (2 * std::log(shape.base));
  };
  return {std::max(0.0, std::floor(pair_of(32.0))),
          std::min(n - 1, std::ceil(pair_of(1.0)))};
}

namespace {

// What part of pair i's angle is stretched: 0 to 1.
double StretchedPart(const RopeShape& shape, size_t i) {
  if (shape.stretch == Stretch::kNone) return 0.0;
  if (shape.stretch == Stretch::kLinear) return 1.0;
  const auto [low, high] = FindYarnBand(shape);
  const double way =
      (static_cast<double>(i) - low) / std::max(0.001, high - low);
  return std::clamp(way, 0.0, 1.0);
}

}  // namespace

Rotation RopeAngles(const RopeShape& shape, size_t position) {
  double magnitude = shape.attention_factor;
  if (shape.stretch == Stretch::kYarn)
    magnitude *= 1.0 + 0.1 * std::log(shape.stretch_factor);
  Rotation rotation;
  for (size_t i = 0; i < shape.n_rot / 2; ++i) {
    const double exponent =
        -2.0 * static_cast<double>(i) / static_cast<double>(shape.n_rot);
    double angle =
        static_cast<double>(position) * std::pow(shape.base, exponent);
    if (!shape.factors.empty()) angle /= shape.factors[i];
    const double part = StretchedPart(shape, i);
    angle = angle * (1.0 - part) + angle / shape.stretch_factor * part;
    rotation.cosines.push_back(std::cos(angle) * magnitude);
    rotation.sines.push_back(std::sin(angle) * magnitude);
  }
  return rotation;
}

Vector Rope(std::span<const double> x, size_t head_dim, bool adjacent,
            const Rotation& rotation) {
  Vector y(x.begin(), x.end());
  const size_t pairs = rotation.cosines.size();
  for (size_t head = 0; head < x.size(); head += head_dim) {
    for (size_t i = 0; i < pairs; ++i) {
      const size_t a = head + (adjacent ? 2 * i : i);
      const size_t b = head + (adjacent ? 2 * i + 1 : i + pairs);
      const double c = rotation.cosines[i], s = rotation.sines[i];
      y[a] = x[a] * c - x[b] * s;
      y[b] = x[a] * s + x[b] * c;
    }
  }
  return y;
}

Choice Route(std::span<const double> logits, size_t used) {
  Choice choice;
  choice.experts.resize(logits.size());
  std::iota(choice.experts.begin(), choice.experts.end(), size_t{0});
  std::ranges::sort(choice.experts, [&](size_t a, size_t b) {
    return logits[a] != logits[b] ? logits[a] > logits[b] : a < b;
  });
  choice.experts.resize(used);
  for (size_t e : choice.experts) choice.weights.push_back(logits[e]);
  const double total = LogSumExp(choice.weights);
  for (double& w : choice.weights) w = std::exp(w - total);
  return choice;
}

double LogSumExp(std::span<const double> x) {
  const double highest = *std::max_element(x.begin(), x.end());
  double sum = 0;
  for (double v : x) sum += std::exp(v - highest);
  return highest + std::log(sum);
}

Vector Attention(const AttentionShape& shape, std::span<const double> q,
                 std::span<const Vector> keys, std::span<const Vector> values) {
  const size_t seen = keys.size();
  const size_t first =
      shape.window == 0 || seen < shape.window ? 0 : seen - shape.window;
  Vector out(q.size());
  for (size_t h = 0; h < shape.heads; ++h) {
    const size_t at = h * shape.head_dim;
    const size_t kv_at = h / (shape.heads / shape.kv_heads) * shape.head_dim;
    Vector scores;
    for (size_t p = first; p < seen; ++p) {
      double dot = 0;
      for (size_t d = 0; d < shape.head_dim; ++d)
        dot += q[at + d] * keys[p][kv_at + d];
      scores.push_back(dot * shape.scale);
    }
    const double total = LogSumExp(scores);
    for (size_t p = first; p < seen; ++p) {
      const double weight = std::exp(scores[p - first] - total);
      for (size_t d = 0; d < shape.head_dim; ++d)
        out[at + d] += weight * values[p][kv_at + d];
    }
  }
  return out;
}

}  // namespace tenon::oracle
