// The nodes that a GraphBuilder emits, each with its checks.
#include <utility>

#include "absl/strings/str_cat.h"
#include "tenon/builder.h"

namespace tenon {
namespace {

constexpr uint32_t kMaxCols = 1u << 28;  // keeps every byte count far from 2^63

}  // namespace

ValueId GraphBuilder::AddNode(OpKind op, std::string_view name, Rows rows,
                              uint32_t cols, std::vector<ValueId> inputs,
                              std::vector<WeightId> weights, OpAttrs attrs) {
  Expect(cols > 0 && cols < kMaxCols, name, "has no columns or far too many");
  const ValueId out{static_cast<uint32_t>(graph_.values.size())};
  graph_.values.push_back({std::string(name), rows, cols, DType::kF32});
  graph_.nodes.push_back({op,
                          std::string(name),
                          std::move(inputs),
                          std::move(weights),
                          {},
                          out,
                          std::move(attrs)});
  return out;
}

ValueId GraphBuilder::Embed(std::string_view name, WeightId table) {
  return AddNode(OpKind::kEmbed, name, Rows::kTokens, graph_.weight(table).cols,
                 {}, {table});
}

ValueId GraphBuilder::TakeOutputs(std::string_view name, ValueId x) {
  return AddNode(OpKind::kTakeOutputs, name, Rows::kOutputs,
                 graph_.value(x).cols, {x});
}

ValueId GraphBuilder::RmsNorm(std::string_view name, ValueId x, WeightId w,
                              float eps) {
  const Value& in = graph_.value(x);
  const uint32_t width = graph_.weight(w).cols;
  Expect(width > 0 && in.cols % width == 0, name,
         absl::StrCat("normalises runs of ", width, " in rows of ", in.cols));
  return AddNode(OpKind::kRmsNorm, name, in.rows, in.cols, {x}, {w},
                 NormAttrs{width, eps});
}

ValueId GraphBuilder::Project(OpKind op, std::string_view name, ValueId x,
                              LinearWeights w) {
  const Value& in = graph_.value(x);
  const Weight& matrix = graph_.weight(w.weight);
  Expect(in.cols == matrix.cols, name,
         absl::StrCat("multiplies rows of ", in.cols, " with '", matrix.name,
                      "' of ", matrix.cols, " columns"));
  std::vector<WeightId> weights{w.weight};
  if (w.bias != WeightId::kNone) weights.push_back(w.bias);
  return AddNode(op, name, in.rows, matrix.rows, {x}, std::move(weights));
}

ValueId GraphBuilder::Linear(std::string_view name, ValueId x,
                             LinearWeights w) {
  return Project(OpKind::kLinear, name, x, w);
}

ValueId GraphBuilder::RopeAngles(std::string_view name,
                                 const RopeAnglesAttrs& attrs,
                                 WeightId factors) {
  std::vector<WeightId> weights;
  if (factors != WeightId::kNone) weights.push_back(factors);
  return AddNode(OpKind::kRopeAngles, name, Rows::kTokens, attrs.n_rot, {},
                 std::move(weights), attrs);
}

ValueId GraphBuilder::Rope(std::string_view name, ValueId x, ValueId angles,
                           const RopeAttrs& attrs) {
  const Value& in = graph_.value(x);
  Expect(attrs.head_dim > 0 && in.cols % attrs.head_dim == 0 &&
             attrs.n_rot <= attrs.head_dim && attrs.n_rot % 2 == 0 &&
             graph_.value(angles).cols == attrs.n_rot,
         name, "rotates heads that do not fit its angles");
  return AddNode(OpKind::kRope, name, in.rows, in.cols, {x, angles}, {}, attrs);
}

void GraphBuilder::Append(std::string_view name, StateId state, ValueId rows) {
  Expect(graph_.value(rows).cols == graph_.state(state).cols, name,
         "stores rows of another length than the state's");
  graph_.nodes.push_back({OpKind::kAppend,
                          std::string(name),
                          {rows},
                          {},
                          {state},
                          ValueId::kNone,
                          {}});
}

ValueId GraphBuilder::Attention(std::string_view name, ValueId q, StateId k,
                                StateId v, const AttentionAttrs& attrs) {
  const auto [heads, kv_heads, head_dim, scale, window] = attrs;
  const uint32_t cache_cols = kv_heads * head_dim;
  Expect(kv_heads > 0 && heads % kv_heads == 0 &&
             graph_.value(q).cols == heads * head_dim &&
             graph_.state(k).cols == cache_cols &&
             graph_.state(v).cols == cache_cols,
         name, "has heads that do not fit its query or its cache");
  const ValueId out = AddNode(OpKind::kAttention, name, Rows::kTokens,
                              heads * head_dim, {q}, {}, attrs);
  graph_.nodes.back().states = {k, v};
  return out;
}

ValueId GraphBuilder::Elementwise(OpKind op, std::string_view name, ValueId a,
                                  ValueId b) {
  const Value& left = graph_.value(a);
  const Value& right = graph_.value(b);
  const bool one_column = op == OpKind::kMul && right.cols == 1;
  Expect((left.cols == right.cols || one_column) && left.rows == right.rows,
         name,
         absl::StrCat("combines rows of ", left.cols, " with rows of ",
                      right.cols));
  return AddNode(op, name, left.rows, left.cols, {a, b});
}

ValueId GraphBuilder::Add(std::string_view name, ValueId a, ValueId b) {
  return Elementwise(OpKind::kAdd, name, a, b);
}
ValueId GraphBuilder::Mul(std::string_view name, ValueId a, ValueId b) {
  return Elementwise(OpKind::kMul, name, a, b);
}
ValueId GraphBuilder::SwiGlu(std::string_view name, ValueId gate, ValueId up) {
  return Elementwise(OpKind::kSwiGlu, name, gate, up);
}

ValueId GraphBuilder::Map(OpKind op, std::string_view name, ValueId x) {
  const Value& in = graph_.value(x);
  return AddNode(op, name, in.rows, in.cols, {x});
}

ValueId GraphBuilder::Silu(std::string_view name, ValueId x) {
  return Map(OpKind::kSilu, name, x);
}
ValueId GraphBuilder::Sigmoid(std::string_view name, ValueId x) {
  return Map(OpKind::kSigmoid, name, x);
}
ValueId GraphBuilder::Softplus(std::string_view name, ValueId x) {
  return Map(OpKind::kSoftplus, name, x);
}

ValueId GraphBuilder::PerColumn(OpKind op, std::string_view name, ValueId x,
                                WeightId w) {
  const Value& in = graph_.value(x);
  Expect(graph_.weight(w).cols == in.cols, name,
         absl::StrCat("applies ", graph_.weight(w).cols, " numbers to rows of ",
                      in.cols));
  return AddNode(op, name, in.rows, in.cols, {x}, {w});
}

ValueId GraphBuilder::Scale(std::string_view name, ValueId x, WeightId w) {
  return PerColumn(OpKind::kScale, name, x, w);
}
ValueId GraphBuilder::Offset(std::string_view name, ValueId x, WeightId w) {
  return PerColumn(OpKind::kOffset, name, x, w);
}

ValueId GraphBuilder::Concat(std::string_view name,
                             std::initializer_list<ValueId> parts) {
  Expect(parts.size() >= 1 && parts.size() <= kMaxInputs, name,
         "joins too many values, or none");
  const Rows rows = graph_.value(*parts.begin()).rows;
  uint32_t cols = 0;
  for (ValueId part : parts) {
    Expect(graph_.value(part).rows == rows, name, "joins rows of two kinds");
    cols += graph_.value(part).cols;
  }
  return AddNode(OpKind::kConcat, name, rows, cols, parts);
}

ValueId GraphBuilder::Route(std::string_view name, ValueId logits,
                            uint32_t used) {
  const Value& in = graph_.value(logits);
  Expect(used > 0 && used <= in.cols, name,
         absl::StrCat("takes ", used, " of ", in.cols, " experts"));
  return AddNode(OpKind::kRoute, name, in.rows, 2 * used, {logits}, {},
                 RouteAttrs{in.cols, used});
}

ValueId GraphBuilder::ExpertLinear(std::string_view name, ValueId x,
                                   ValueId route, WeightId w,
                                   const RouteAttrs& attrs) {
  const Value& in = graph_.value(x);
  const Weight& matrix = graph_.weight(w);
  Expect(in.cols == matrix.cols && matrix.rows % attrs.experts == 0 &&
             graph_.value(route).cols == 2 * attrs.used,
         name, "has experts that do not fit its input or its route");
  return AddNode(OpKind::kExpertLinear, name, in.rows,
                 attrs.used * (matrix.rows / attrs.experts), {x, route}, {w},
                 attrs);
}

ValueId GraphBuilder::ExpertSum(std::string_view name, ValueId x, ValueId route,
                                WeightId w, const RouteAttrs& attrs) {
  const Value& in = graph_.value(x);
  const Weight& matrix = graph_.weight(w);
  Expect(in.cols == attrs.used * matrix.cols &&
             matrix.rows % attrs.experts == 0 &&
             graph_.value(route).cols == 2 * attrs.used,
         name, "has experts that do not fit its input or its route");
  return AddNode(OpKind::kExpertSum, name, in.rows, matrix.rows / attrs.experts,
                 {x, route}, {w}, attrs);
}

ValueId GraphBuilder::Slice(std::string_view name, ValueId x, uint32_t begin,
                            uint32_t cols) {
  return SliceEach(name, x, {begin, cols, graph_.value(x).cols});
}

ValueId GraphBuilder::SliceEach(std::string_view name, ValueId x,
                                const SliceAttrs& attrs) {
  const Value& in = graph_.value(x);
  const auto [begin, width, period] = attrs;
  const bool fits = period > 0 && in.cols % period == 0 && begin <= period &&
                    width <= period - begin;
  Expect(fits, name,
         absl::StrCat("takes columns up to ", begin + width, " of ", period));
  return AddNode(OpKind::kSlice, name, in.rows,
                 fits ? in.cols / period * width : 0, {x}, {}, attrs);
}

ValueId GraphBuilder::L2Norm(std::string_view name, ValueId x, uint32_t width,
                             float eps) {
  const Value& in = graph_.value(x);
  Expect(width > 0 && in.cols % width == 0, name,
         absl::StrCat("normalises runs of ", width, " in rows of ", in.cols));
  return AddNode(OpKind::kL2Norm, name, in.rows, in.cols, {x}, {},
                 NormAttrs{width, eps});
}

ValueId GraphBuilder::GatedRmsNorm(std::string_view name, ValueId x, ValueId z,
                                   WeightId w, float eps) {
  const ValueId out = Elementwise(OpKind::kGatedRmsNorm, name, x, z);
  const uint32_t width = graph_.weight(w).cols;
  Expect(width > 0 && graph_.value(x).cols % width == 0, name,
         absl::StrCat("normalises runs of ", width, " in rows of ",
                      graph_.value(x).cols));
  graph_.nodes.back().weights = {w};
  graph_.nodes.back().attrs = NormAttrs{width, eps};
  return out;
}

ValueId GraphBuilder::CausalConv(std::string_view name, ValueId x, WeightId w,
                                 StateId ring) {
  const Value& in = graph_.value(x);
  const Weight& taps = graph_.weight(w);
  const StateSpec& state = graph_.state(ring);
  Expect(taps.rows == in.cols && state.cols == in.cols &&
             taps.cols == state.rows + 1 && state.rows > 0,
         name, "has taps or a ring that do not fit its input");
  const ValueId out =
      AddNode(OpKind::kCausalConv, name, in.rows, in.cols, {x}, {w});
  graph_.nodes.back().states = {ring};
  return out;
}

ValueId GraphBuilder::GatedDelta(std::string_view name, const DeltaInputs& in,
                                 StateId state, const DeltaAttrs& attrs) {
  const auto cols = [&](ValueId id) { return graph_.value(id).cols; };
  const auto [key_heads, value_heads, s, order] = attrs;
  const StateSpec& spec = graph_.state(state);
  Expect(key_heads > 0 && value_heads % key_heads == 0 &&
             cols(in.q) == key_heads * s && cols(in.k) == key_heads * s &&
             cols(in.v) == value_heads * s && cols(in.decay) == value_heads &&
             cols(in.beta) == value_heads && spec.cols == s &&
             spec.rows == value_heads * s,
         name, "has heads that do not fit its inputs or its state");
  const ValueId out =
      AddNode(OpKind::kGatedDelta, name, Rows::kTokens, value_heads * s,
              {in.q, in.k, in.v, in.decay, in.beta}, {}, attrs);
  graph_.nodes.back().states = {state};
  return out;
}

ValueId GraphBuilder::Custom(std::string_view name, const CustomOp& op,
                             const void* data,
                             std::initializer_list<ValueId> inputs,
                             std::initializer_list<WeightId> weights,
                             uint32_t out_cols) {
  Expect(inputs.size() >= 1 && inputs.size() <= kMaxInputs &&
             weights.size() <= kMaxWeights,
         name, "has too many operands, or no input");
  const Rows rows =
      inputs.size() == 0 ? Rows::kTokens : graph_.value(*inputs.begin()).rows;
  return AddNode(OpKind::kCustom, name, rows, out_cols, inputs, weights,
                 CustomAttrs{&op, data});
}

void GraphBuilder::Outputs(ValueId hidden, LinearWeights head) {
  Expect(graph_.value(hidden).rows == Rows::kOutputs, "outputs",
         "the hidden state is not made of output rows: see TakeOutputs");
  graph_.hidden = hidden;
  graph_.logits = Project(OpKind::kHead, "output", hidden, head);
}

}  // namespace tenon
