#include "cli/model_summary.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tenon::cli {

std::vector<TypeTotal> TypeTotals(const ModelFile& file) {
  std::vector<TypeTotal> totals;
  for (const TensorInfo& tensor : file.tensors) {
    auto total = std::ranges::find(totals, tensor.dtype, &TypeTotal::dtype);
    if (total == totals.end())
      total = totals.insert(totals.end(), {tensor.dtype, 0, 0});
    ++total->tensors;
    total->bytes += tensor.bytes;
  }
  std::ranges::stable_sort(totals, std::ranges::greater(), &TypeTotal::bytes);
  return totals;
}

uint64_t TensorBytes(const ModelFile& file) {
  uint64_t bytes = 0;
  for (const TensorInfo& tensor : file.tensors) bytes += tensor.bytes;
  return bytes;
}

uint64_t Parameters(const ModelFile& file) {
  uint64_t elements = 0;
  for (const TensorInfo& tensor : file.tensors)
    elements += tensor.cols() * tensor.rows();
  return elements;
}

std::string Summary(const ModelFile& file) {
  const auto architecture =
      file.metadata.StringOr("general.architecture", "unknown");
  const std::vector<TypeTotal> totals = TypeTotals(file);
  return absl::StrCat(architecture.value_or("unknown"), " ",
                      totals.empty() ? "" : Name(totals.front().dtype));
}

std::string Shape(const TensorInfo& tensor) {
  return absl::StrCat("[",
                      absl::StrJoin(tensor.dims.begin(),
                                    tensor.dims.begin() + tensor.n_dims, ", "),
                      "]");
}

}  // namespace tenon::cli
