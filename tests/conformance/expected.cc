#include "conformance/expected.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "conformance/recurrence.h"

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
  const size_t skipped = rig.step().tokens - rig.OutputRows();
  for (size_t p = 0; p <= rig.step().position + skipped + row; ++p) {
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

double Map(OpKind op, double x) {
  if (op == OpKind::kSilu) return oracle::Silu(x);
  if (op == OpKind::kSigmoid) return oracle::Sigmoid(x);
  return oracle::Softplus(x);
}

Expected ExpectElementwise(const Rig& rig, size_t row) {
  const Vector a = rig.Input(0, row);
  Vector y = a;
  const OpKind op = rig.node().op;
  if (op == OpKind::kSilu || op == OpKind::kSigmoid ||
      op == OpKind::kSoftplus) {
    for (double& v : y) v = Map(op, v);
    // Far out softplus is the logarithm of almost 1.
    if (op == OpKind::kSoftplus) return {y, Vector(y.size(), 1.0)};
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
  const auto& [begin, width, period] = std::get<SliceAttrs>(rig.node().attrs);
  Vector y;
  for (size_t i = 0; i < x.size(); ++i)
    if (i % period >= begin && i % period < begin + width) y.push_back(x[i]);
  return {y, Vector(y.size(), 0.0)};
}

Expected ExpectConcat(const Rig& rig, size_t row) {
  Vector y;
  for (size_t i = 0; i < rig.node().in.size(); ++i) {
    const Vector x = rig.Input(i, row);
    y.insert(y.end(), x.begin(), x.end());
  }
  return {y, Vector(y.size(), 0.0)};
}

Expected ExpectPerColumn(const Rig& rig, size_t row) {
  const Vector w = rig.Weight(0).values;
  Vector y = rig.Input(0, row);
  for (size_t i = 0; i < y.size(); ++i)
    y[i] = rig.node().op == OpKind::kScale ? y[i] * w[i] : y[i] + w[i];
  return OfItsOwnSize(y);
}

Expected ExpectDelta(const Rig& rig, size_t row) {
  DeltaRun run(rig);
  Vector y;
  for (size_t t = 0; t <= row; ++t) y = run.Next();
  return {y, Vector(y.size(), 8.0)};  // errors are of the state's size
}

Expected ExpectConv(const Rig& rig, size_t row) {
  const Vector y = ConvOutput(rig, row);
  return {y, Vector(y.size(), 4.0)};
}

Expected ExpectRoute(const Rig& rig, size_t row) {
  const uint32_t used = std::get<RouteAttrs>(rig.node().attrs).used;
  const oracle::Choice choice = oracle::Route(rig.Input(0, row), used);
  Vector y(choice.experts.begin(), choice.experts.end());
  y.insert(y.end(), choice.weights.begin(), choice.weights.end());
  return {y, Vector(y.size(), 1.0)};
}

// The rows of one expert.
Matrix ExpertOf(const Rig& rig, size_t expert) {
  const auto& attrs = std::get<RouteAttrs>(rig.node().attrs);
  const Matrix all = rig.Weight(0);
  const size_t rows = all.rows / attrs.experts;
  const auto begin =
      all.values.begin() + static_cast<ptrdiff_t>(expert * rows * all.cols);
  return {
      rows, all.cols, {begin, begin + static_cast<ptrdiff_t>(rows * all.cols)}};
}

Expected ExpectExperts(const Rig& rig, size_t row) {
  const auto& attrs = std::get<RouteAttrs>(rig.node().attrs);
  const bool sum = rig.node().op == OpKind::kExpertSum;
  const Vector x = rig.Input(0, row), route = rig.Input(1, row);
  Expected e;
  for (size_t s = 0; s < attrs.used; ++s) {
    Matrix w = ExpertOf(rig, static_cast<size_t>(route[s]));
    const auto at = x.begin() + static_cast<ptrdiff_t>(sum ? s * w.cols : 0);
    const Vector part(at, at + static_cast<ptrdiff_t>(w.cols));
    Vector y = oracle::Linear(w, part);
    w.values = Absolute(w.values);
    Vector size = oracle::Linear(w, Absolute(part));
    if (!sum) {
      e.value.insert(e.value.end(), y.begin(), y.end());
      e.size.insert(e.size.end(), size.begin(), size.end());
      continue;
    }
    e.value.resize(y.size());
    e.size.resize(y.size());
    for (size_t i = 0; i < y.size(); ++i) {
      e.value[i] += route[attrs.used + s] * y[i];
      e.size[i] += route[attrs.used + s] * size[i];
    }
  }
  return e;
}

Expected ExpectOutputRow(const Rig& rig, size_t row) {
  const Vector x = rig.Input(0, rig.step().tokens - rig.step().outputs + row);
  return {x, Vector(x.size(), 0.0)};
}

Expected ExpectL2Norm(const Rig& rig, size_t row) {
  const auto& a = std::get<NormAttrs>(rig.node().attrs);
  return OfItsOwnSize(
      oracle::L2Norm(rig.Input(0, row), a.width, static_cast<double>(a.eps)));
}

// With NormQuantize: before it is rounded.
Expected ExpectNorm(const Rig& rig, size_t row) {
  const auto& attrs = rig.node().attrs;
  const auto* rounded = std::get_if<NormQuantizeAttrs>(&attrs);
  const float eps =
      rounded != nullptr ? rounded->norm.eps : std::get<NormAttrs>(attrs).eps;
  Vector y = oracle::RmsNorm(rig.Input(0, row), rig.Weight(0).values,
                             static_cast<double>(eps));
  if (rig.node().op == OpKind::kGatedRmsNorm) {
    const Vector z = rig.Input(1, row);
    for (size_t i = 0; i < y.size(); ++i) y[i] *= oracle::Silu(z[i]);
  }
  return OfItsOwnSize(y);
}

}  // namespace

Expected ExpectedRow(const Rig& rig, size_t row) {
  switch (rig.node().op) {
    case OpKind::kEmbed:
      return ExpectEmbedding(rig, row);
    case OpKind::kTakeOutputs:
      return ExpectOutputRow(rig, row);
    case OpKind::kRmsNorm:
    case OpKind::kGatedRmsNorm:
    case OpKind::kNormQuantize:
      return ExpectNorm(rig, row);
    case OpKind::kL2Norm:
      return ExpectL2Norm(rig, row);
    case OpKind::kScale:
    case OpKind::kOffset:
      return ExpectPerColumn(rig, row);
    case OpKind::kConcat:
      return ExpectConcat(rig, row);
    case OpKind::kCausalConv:
      return ExpectConv(rig, row);
    case OpKind::kGatedDelta:
      return ExpectDelta(rig, row);
    case OpKind::kRoute:
      return ExpectRoute(rig, row);
    case OpKind::kExpertLinear:
    case OpKind::kExpertSum:
      return ExpectExperts(rig, row);
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
