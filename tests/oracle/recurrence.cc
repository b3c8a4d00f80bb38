#include "oracle/recurrence.h"

#include <cmath>

namespace tenon::oracle {
namespace {

double Dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

Vector CausalConv(const Matrix& taps, std::span<const Vector> inputs) {
  Vector y(taps.rows);
  for (size_t n = 0; n < taps.rows; ++n)
    for (size_t c = 0; c < taps.cols; ++c)
      y[n] += taps.row(n)[c] * inputs[c][n];
  return y;
}

Vector DeltaRule(const DeltaShape& shape, const DeltaInput& in,
                 std::vector<Vector>& memory) {
  const size_t s = shape.head_dim;
  const size_t repeats = shape.value_heads / shape.key_heads;
  Vector out(in.v.size());
  for (size_t n = 0; n < out.size(); ++n) {
    const size_t head = n / s;
    const size_t key_head =
        shape.grouped ? head / repeats : head % shape.key_heads;
    const auto k = std::span(in.k).subspan(key_head * s, s);
    const auto q = std::span(in.q).subspan(key_head * s, s);
    Vector& m = memory[n];
    for (double& x : m) x *= std::exp(in.log_decay[head]);
    const double error = in.beta[head] * (in.v[n] - Dot(m, k));
    for (size_t i = 0; i < s; ++i) m[i] += k[i] * error;
    out[n] = Dot(m, q) / std::sqrt(static_cast<double>(s));
  }
  return out;
}

}  // namespace tenon::oracle
