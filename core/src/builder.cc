#include "tenon/builder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tenon/model_file.h"

namespace tenon {
namespace {

constexpr uint32_t kMaxCols = 1u << 28;  // keeps every byte count far from 2^63

std::string Shape(const TensorInfo& t) {
  std::string text = absl::StrCat("[", t.dims[0]);
  for (uint32_t i = 1; i < t.n_dims; ++i)
    absl::StrAppend(&text, ", ", t.dims[i]);
  return text + "]";
}

Status WrongShape(const TensorInfo& t, uint32_t rows, uint32_t cols,
                  bool vector) {
  return absl::InvalidArgumentError(
      absl::StrCat("tensor '", t.name, "': its shape is ", Shape(t),
                   ", the metadata asks for [", cols,
                   vector ? std::string("]") : absl::StrCat(", ", rows, "]")));
}

bool IsPlainFloat(DType dtype) {
  return dtype == DType::kF32 || dtype == DType::kF16 || dtype == DType::kBF16;
}

}  // namespace

GraphBuilder::GraphBuilder(std::span<const TensorInfo> tensors, DType cache)
    : file_order_(tensors), cache_(cache) {
  for (const TensorInfo& t : tensors) tensors_.emplace(t.name, &t);
}

// --- Tensors

bool GraphBuilder::Has(std::string_view name) const {
  return tensors_.contains(name);
}

const TensorInfo* GraphBuilder::Find(std::string_view name) const {
  const auto it = tensors_.find(name);
  return it == tensors_.end() ? nullptr : it->second;
}

WeightId GraphBuilder::Vector(std::string_view name, uint32_t cols) {
  return AddWeight(name, 1, cols, /*max_dims=*/1);
}

WeightId GraphBuilder::Matrix(std::string_view name, uint32_t rows,
                              uint32_t cols) {
  return AddWeight(name, rows, cols, /*max_dims=*/2);
}

WeightId GraphBuilder::Experts(std::string_view name, uint32_t experts,
                               uint32_t rows, uint32_t cols) {
  const uint64_t all = uint64_t{experts} * rows;
  Expect(all <= kMaxCols, name, "has far too many rows");
  return AddWeight(name, static_cast<uint32_t>(all), cols, /*max_dims=*/3);
}

LinearWeights GraphBuilder::LinearOf(std::string_view stem, uint32_t rows,
                                     uint32_t cols) {
  LinearWeights w;
  w.weight = Matrix(absl::StrCat(stem, ".weight"), rows, cols);
  const std::string bias = absl::StrCat(stem, ".bias");
  if (Has(bias)) w.bias = Vector(bias, rows);
  return w;
}

void GraphBuilder::Ignore(std::string_view prefix) {
  ignored_.emplace_back(prefix);
}

WeightId GraphBuilder::AddWeight(std::string_view name, uint32_t rows,
                                 uint32_t cols, uint32_t max_dims) {
  const bool vector = max_dims == 1;
  const TensorInfo* t = Find(name);
  if (t == nullptr) {
    Fail(absl::InvalidArgumentError(
        absl::StrCat("tensor '", name, "': the file does not have it")));
  } else if (t->dims[0] != cols || t->rows() != rows || t->n_dims > max_dims) {
    Fail(WrongShape(*t, rows, cols, vector));
  } else if (vector && !IsPlainFloat(t->dtype)) {
    Fail(absl::InvalidArgumentError(
        absl::StrCat("tensor '", name,
                     "': a vector is stored as F32, F16 or "
                     "BF16, not as ",
                     Name(t->dtype))));
  }
  if (t != nullptr) {
    const auto it = used_.find(t->name);
    if (it != used_.end()) return it->second;  // tied: one weight, two readers
  }
  const WeightId id{static_cast<uint32_t>(graph_.weights.size())};
  graph_.weights.push_back(
      {std::string(name), t ? t->dtype : DType::kF32, rows, cols});
  if (t != nullptr) used_.emplace(t->name, id);
  return id;
}

// --- State

StateId GraphBuilder::Cache(std::string_view name, uint32_t cols) {
  const StateId id{static_cast<uint32_t>(graph_.states.size())};
  graph_.states.push_back(
      {std::string(name), StateKind::kAppend, cache_, 0, cols});
  return id;
}

StateId GraphBuilder::Recurrent(std::string_view name, uint32_t rows,
                                uint32_t cols) {
  const StateId id{static_cast<uint32_t>(graph_.states.size())};
  graph_.states.push_back(
      {std::string(name), StateKind::kRecurrent, DType::kF32, rows, cols});
  return id;
}

StateId GraphBuilder::Ring(std::string_view name, uint32_t rows,
                           uint32_t cols) {
  const StateId id{static_cast<uint32_t>(graph_.states.size())};
  graph_.states.push_back(
      {std::string(name), StateKind::kRing, DType::kF32, rows, cols});
  return id;
}

// --- Nodes

void GraphBuilder::Expect(bool holds, std::string_view name,
                          std::string_view complaint) {
  if (!holds)
    Fail(absl::InvalidArgumentError(absl::StrCat("[", name, "] ", complaint)));
}

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

// --- The result

void GraphBuilder::Fail(Status error) {
  if (status_.ok()) status_ = std::move(error);
}

StatusOr<Graph> GraphBuilder::Finish() && {
  TENON_RETURN_IF_ERROR(status_);
  if (graph_.logits == ValueId::kNone)
    return absl::InvalidArgumentError("the architecture named no outputs");
  for (const TensorInfo& t : file_order_) {
    const bool ignored = std::ranges::any_of(
        ignored_, [&](const auto& p) { return t.name.starts_with(p); });
    if (!used_.contains(t.name) && !ignored) {
      return absl::InvalidArgumentError(absl::StrCat(
          "tensor '", t.name, "': this architecture does not know it"));
    }
  }
  return std::move(graph_);
}

}  // namespace tenon
