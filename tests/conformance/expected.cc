#include "conformance/expected.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

namespace tenon::conformance {
namespace {

using oracle::Matrix;
using oracle::Vector;

Vector Absolute(Vector x) {
  for (double& v : x) v = std::abs(v);
  return x;
}

Expected OfItsOwnSize(Vector value) { return {value, Absolute(value)}; }

Expected ExpectProjection(const Rig& rig, size_t row) {
  Matrix w = rig.Weight(0);
  const Vector x = rig.Input(0, row);
  const Vector bias = rig.HasWeight(1) ? rig.Weight(1).values : Vector();
  Expected e{oracle::Linear(w, x, bias), {}};
  w.values = Absolute(w.values);
  e.size = oracle::Linear(w, Absolute(x), Absolute(bias));
  if (rig.node().op == OpKind::kLinearAdd) {
    const Vector r = rig.Input(1, row);
    for (size_t i = 0; i < r.size(); ++i) {
      e.value[i] += r[i];
      e.size[i] += std::abs(r[i]);
    }
  }
  return e;
}

Expected ExpectEmbedding(const Rig& rig, size_t row) {
  const Matrix table = rig.Weight(0);
  const auto embedded = table.row(static_cast<size_t>(rig.Token(row)));
  return {{embedded.begin(), embedded.end()}, Vector(table.cols, 0.0)};
}

// angle(position, i), as the comment of RopeAnglesAttrs says it.
double Angle(const RopeAnglesAttrs& a, double position, size_t i) {
  const double plain =
      position * std::pow(a.base, -2.0 * static_cast<double>(i) / a.n_rot);
  if (!a.yarn) return plain * a.scale;
  const double pair = static_cast<double>(i);
  if (pair <= a.yarn_low) return plain;
  if (pair >= a.yarn_high) return plain * a.scale;
  const double part = (pair - a.yarn_low) / (a.yarn_high - a.yarn_low);
  return plain * (1 - part) + plain * a.scale * part;
}

Expected ExpectAngles(const Rig& rig, size_t row) {
  const auto& a = std::get<RopeAnglesAttrs>(rig.node().attrs);
  const double position =
      static_cast<double>(rig.step().position) + static_cast<double>(row);
  const Matrix factors = rig.HasWeight(0) ? rig.Weight(0) : Matrix();
  const size_t pairs = a.n_rot / 2;
  Expected e{Vector(a.n_rot), Vector(a.n_rot, a.magnitude)};
  for (size_t i = 0; i < pairs; ++i) {
    double angle = Angle(a, position, i);
    if (factors.rows > 0) angle /= factors.values[i];
    e.value[i] = std::cos(angle) * a.magnitude;
    e.value[pairs + i] = std::sin(angle) * a.magnitude;
  }
  return e;
}

Expected ExpectRope(const Rig& rig, size_t row) {
  const auto& a = std::get<RopeAttrs>(rig.node().attrs);
  const Vector turn = rig.Input(1, row);
  const auto middle = turn.begin() + a.n_rot / 2;
  Expected e;
  const Vector x = rig.Input(0, row);
  e.value = oracle::Rope(x, a.head_dim, a.pairing == RopePairing::kAdjacent,
                         {{turn.begin(), middle}, {middle, turn.end()}});
  // Either element of a pair may be much smaller than what it is made of.
  double largest = 0;
  for (double v : x) largest = std::max(largest, std::abs(v));
  e.size.assign(x.size(), 2 * largest);
  return e;
}

Expected ExpectAttention(const Rig& rig, size_t row) {
  const auto& a = std::get<AttentionAttrs>(rig.node().attrs);
  std::vector<Vector> keys, values, sizes;
  for (size_t p = 0; p <= rig.step().position + row; ++p) {
    keys.push_back(rig.InitialState(0, p));
    values.push_back(rig.InitialState(1, p));
    sizes.push_back(Absolute(values.back()));
  }
  const Vector q = rig.Input(0, row);
  const oracle::AttentionShape shape{a.heads, a.kv_heads, a.head_dim, a.scale,
                                     a.window};
  Expected e{oracle::Attention(shape, q, keys, values),
             oracle::Attention(shape, q, keys, sizes)};
  // An error of the score is one of the weight: scores of size D * scale.
  for (double& s : e.size) s *= 1.0 + a.head_dim * static_cast<double>(a.scale);
  return e;
}

Expected ExpectElementwise(const Rig& rig, size_t row) {
  const Vector a = rig.Input(0, row);
  Vector y = a;
  const OpKind op = rig.node().op;
  if (op == OpKind::kSilu) {
    for (double& v : y) v = oracle::Silu(v);
    return OfItsOwnSize(y);
  }
  const Vector b = rig.Input(1, row);
  if (op == OpKind::kSwiGlu) return OfItsOwnSize(oracle::SwiGlu(a, b));
  for (size_t i = 0; i < y.size(); ++i)
    y[i] = op == OpKind::kAdd ? a[i] + b[i] : a[i] * b[i];
  return OfItsOwnSize(y);
}

Expected ExpectSlice(const Rig& rig, size_t row) {
  const Vector x = rig.Input(0, row);
  const uint32_t begin = std::get<SliceAttrs>(rig.node().attrs).begin;
  Vector y(x.begin() + begin, x.begin() + begin + rig.node().out.cols);
  return {y, Vector(y.size(), 0.0)};
}

Expected ExpectOutputRow(const Rig& rig, size_t row) {
  const Vector x = rig.Input(0, rig.step().tokens - rig.step().outputs + row);
  return {x, Vector(x.size(), 0.0)};
}

Expected ExpectNorm(const Rig& rig, size_t row) {
  const auto& a = std::get<NormAttrs>(rig.node().attrs);
  return OfItsOwnSize(oracle::RmsNorm(rig.Input(0, row), rig.Weight(0).values,
                                      static_cast<double>(a.eps)));
}

}  // namespace

Expected ExpectedRow(const Rig& rig, size_t row) {
  switch (rig.node().op) {
    case OpKind::kEmbed:
      return ExpectEmbedding(rig, row);
    case OpKind::kTakeOutputs:
      return ExpectOutputRow(rig, row);
    case OpKind::kRmsNorm:
      return ExpectNorm(rig, row);
    case OpKind::kLinear:
    case OpKind::kLinearAdd:
    case OpKind::kHead:
      return ExpectProjection(rig, row);
    case OpKind::kRopeAngles:
      return ExpectAngles(rig, row);
    case OpKind::kRope:
      return ExpectRope(rig, row);
    case OpKind::kAttention:
      return ExpectAttention(rig, row);
    case OpKind::kSlice:
      return ExpectSlice(rig, row);
    default:
      return ExpectElementwise(rig, row);
  }
}

double Tolerance(OpKind op) {
  switch (op) {
    case OpKind::kAdd:
    case OpKind::kMul:
      return 6e-8;  // half a unit in the last place
    case OpKind::kRopeAngles:
      return 6.1e-8;
    case OpKind::kRope:
      return 2e-7;
    default:
      return 2e-6;
  }
}

}  // namespace tenon::conformance
