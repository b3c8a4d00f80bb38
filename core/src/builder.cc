#include "tenon/builder.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tenon/model_file.h"

namespace tenon {
namespace {

constexpr uint32_t kMaxCols = 1u << 28;  // keeps every byte count far from 2^63

std::string Shape(const TensorInfo& t) {
  std::string text = absl::StrCat("[", t.dims[0]);
  for (uint32_t i = 1; i < t.n_dims; ++i) absl::StrAppend(&text, ", ", t.dims[i]);
  return text + "]";
}

Status WrongShape(const TensorInfo& t, uint32_t rows, uint32_t cols,
                  bool vector) {
  return absl::InvalidArgumentError(absl::StrCat(
      "tensor '", t.name, "': its shape is ", Shape(t),
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
  return AddWeight(name, 1, cols, /*vector=*/true);
}

WeightId GraphBuilder::Matrix(std::string_view name, uint32_t rows,
                              uint32_t cols) {
  return AddWeight(name, rows, cols, /*vector=*/false);
}

LinearWeights GraphBuilder::LinearOf(std::string_view stem, uint32_t rows,
                                     uint32_t cols) {
  LinearWeights w;
  w.weight = Matrix(absl::StrCat(stem, ".weight"), rows, cols);
  const std::string bias = absl::StrCat(stem, ".bias");
  if (Has(bias)) w.bias = Vector(bias, rows);
  return w;
}

void GraphBuilder::Ignore(std::string_view name) {
  if (const TensorInfo* t = Find(name)) ignored_.insert(t->name);
}

WeightId GraphBuilder::AddWeight(std::string_view name, uint32_t rows,
                                 uint32_t cols, bool vector) {
  const TensorInfo* t = Find(name);
  if (t == nullptr) {
    Fail(absl::InvalidArgumentError(
        absl::StrCat("tensor '", name, "': the file does not have it")));
  } else if (t->dims[0] != cols || t->rows() != rows ||
             t->n_dims > (vector ? 1u : 2u)) {
    Fail(WrongShape(*t, rows, cols, vector));
  } else if (vector && !IsPlainFloat(t->dtype)) {
    Fail(absl::InvalidArgumentError(
        absl::StrCat("tensor '", name, "': a vector is stored as F32, F16 or "
                     "BF16, not as ", Name(t->dtype))));
  }
  if (t != nullptr) {
    const auto it = used_.find(t->name);
    if (it != used_.end()) return it->second;  // tied: one weight, two readers
  }
  const WeightId id{static_cast<uint32_t>(graph_.weights.size())};
  graph_.weights.push_back({std::string(name),
                            t ? t->dtype : DType::kF32, rows, cols});
  if (t != nullptr) used_.emplace(t->name, id);
  return id;
}

// --- State

StateId GraphBuilder::Cache(std::string_view name, uint32_t cols) {
  const StateId id{static_cast<uint32_t>(graph_.states.size())};
  graph_.states.push_back({std::string(name), StateKind::kAppend, cache_, cols});
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
  graph_.nodes.push_back({op, std::string(name), std::move(inputs),
                          std::move(weights), {}, out, std::move(attrs)});
  return out;
}

ValueId GraphBuilder::Embed(std::string_view name, WeightId table) {
  return AddNode(OpKind::kEmbed, name, Rows::kTokens,
                 graph_.weight(table).cols, {}, {table});
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
  graph_.nodes.push_back({OpKind::kAppend, std::string(name), {rows}, {},
                          {state}, ValueId::kNone, {}});
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
  Expect(left.cols == right.cols && left.rows == right.rows, name,
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

ValueId GraphBuilder::Silu(std::string_view name, ValueId x) {
  const Value& in = graph_.value(x);
  return AddNode(OpKind::kSilu, name, in.rows, in.cols, {x});
}

ValueId GraphBuilder::Slice(std::string_view name, ValueId x, uint32_t begin,
                            uint32_t cols) {
  const Value& in = graph_.value(x);
  Expect(begin <= in.cols && cols <= in.cols - begin, name,
         absl::StrCat("takes columns up to ", begin + cols, " of ", in.cols));
  return AddNode(OpKind::kSlice, name, in.rows, cols, {x}, {},
                 SliceAttrs{begin});
}

ValueId GraphBuilder::Custom(std::string_view name, const CustomOp& op,
                             const void* data,
                             std::initializer_list<ValueId> inputs,
                             std::initializer_list<WeightId> weights,
                             uint32_t out_cols) {
  Expect(inputs.size() >= 1 && inputs.size() <= kMaxInputs &&
             weights.size() <= kMaxWeights,
         name, "has too many operands, or no input");
  const Rows rows = inputs.size() == 0 ? Rows::kTokens
                                       : graph_.value(*inputs.begin()).rows;
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
    if (!used_.contains(t.name) && !ignored_.contains(t.name)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "tensor '", t.name, "': this architecture does not know it"));
    }
  }
  return std::move(graph_);
}

}  // namespace tenon
