// Ops that go on from a state of fixed size.
#include <cmath>
#include <variant>

#include "conformance/expected.h"
#include "conformance/recurrence.h"

namespace tenon::conformance {

using oracle::Vector;

// The input of a convolution at position + t; before the step, from the ring.
Vector ConvInput(const Rig& rig, ptrdiff_t t) {
  if (t >= 0) return rig.Input(0, static_cast<size_t>(t));
  const auto rows = static_cast<ptrdiff_t>(rig.node().states[0].rows);
  const ptrdiff_t at = static_cast<ptrdiff_t>(rig.step().position) + t;
  return rig.InitialState(0, static_cast<size_t>((at % rows + rows) % rows));
}

Vector ConvOutput(const Rig& rig, size_t row) {
  const oracle::Matrix taps = rig.Weight(0);
  Vector y(taps.rows, 0.0);
  for (size_t c = 0; c < taps.cols; ++c) {
    const Vector x = ConvInput(rig, static_cast<ptrdiff_t>(row + c) -
                                        static_cast<ptrdiff_t>(taps.cols - 1));
    for (size_t n = 0; n < taps.rows; ++n)
      y[n] += taps.values[n * taps.cols + c] * x[n];
  }
  return y;
}

DeltaRun::DeltaRun(const Rig& rig)
    : rig_(rig), attrs_(std::get<DeltaAttrs>(rig.node().attrs)) {
  for (uint32_t r = 0; r < rig.node().states[0].rows; ++r)
    state_.push_back(rig.InitialState(0, r));
}

Vector DeltaRun::Next() {
  Vector out(size_t{attrs_.value_heads} * attrs_.head_dim);
  for (uint32_t h = 0; h < attrs_.value_heads; ++h) Head(h, out);
  ++row_;
  return out;
}

// Row j of a head's matrix is what value element j keeps of each key element.
void DeltaRun::Head(uint32_t h, Vector& out) {
  const auto [key_heads, heads, s, order] = attrs_;
  const uint32_t key =
      order == HeadOrder::kModulo ? h % key_heads : h / (heads / key_heads);
  const Vector q = rig_.Input(0, row_), k = rig_.Input(1, row_);
  const Vector v = rig_.Input(2, row_);
  const double keep = std::exp(rig_.Input(3, row_)[h]);
  const double beta = rig_.Input(4, row_)[h];
  for (uint32_t j = 0; j < s; ++j) {
    Vector& m = state_[h * s + j];
    double read = 0, answer = 0;
    for (uint32_t i = 0; i < s; ++i) read += keep * m[i] * k[key * s + i];
    const double error = beta * (v[h * s + j] - read);
    for (uint32_t i = 0; i < s; ++i) {
      m[i] = keep * m[i] + error * k[key * s + i];
      answer += m[i] * q[key * s + i];
    }
    out[h * s + j] = answer / std::sqrt(static_cast<double>(s));
  }
}

std::vector<Vector> ExpectedState(const Rig& rig) {
  std::vector<Vector> rows;
  if (rig.node().op == OpKind::kGatedDelta) {
    DeltaRun run(rig);
    for (uint32_t t = 0; t < rig.step().tokens; ++t) run.Next();
    return run.state();
  }
  if (rig.node().op != OpKind::kCausalConv) return rows;
  const auto count = static_cast<ptrdiff_t>(rig.node().states[0].rows);
  rows.resize(static_cast<size_t>(count));
  const auto end = static_cast<ptrdiff_t>(rig.step().tokens);
  for (ptrdiff_t t = end - count; t < end; ++t) {
    const ptrdiff_t at = static_cast<ptrdiff_t>(rig.step().position) + t;
    rows[static_cast<size_t>((at % count + count) % count)] = ConvInput(rig, t);
  }
  return rows;
}

}  // namespace tenon::conformance
