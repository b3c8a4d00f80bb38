#include "tenon/builder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tenon {
namespace {

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
  Expect(all <= UINT32_MAX, name, "has far too many rows");
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

// --- The result

void GraphBuilder::Fail(Status error) {
  if (status_.ok()) status_ = std::move(error);
}

void GraphBuilder::Expect(bool holds, std::string_view name,
                          std::string_view complaint) {
  if (!holds)
    Fail(absl::InvalidArgumentError(absl::StrCat("[", name, "] ", complaint)));
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
