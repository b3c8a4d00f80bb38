#include "src/weight_parts.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "src/kernel_choice.h"
#include "tenon/backend.h"

namespace tenon {
namespace {

uint64_t RowGroup(const PackedLayout* layout) {
  return layout == nullptr ? 1 : layout->row_group;
}

uint64_t BytesIn(const PackedLayout* layout, const TensorInfo& tensor) {
  if (layout == nullptr)
    return tensor.rows() * RowBytes(tensor.dtype, tensor.cols());
  return layout->bytes(tensor.dtype, tensor.rows(), tensor.cols());
}

bool IsUsable(const Backend& backend) {
  return backend.unusable == nullptr || backend.unusable() == nullptr;
}

// Of the backends that work on this machine, chosen or not; null if none has it
// for weights of this type.
const PackedLayout* FindLayout(const Registry& registry,
                               const TensorInfo& tensor) {
  for (const Plugin* plugin : registry.OfKind(PluginKind::kBackend)) {
    const Backend& backend = AsBackend(*plugin);
    if (!IsUsable(backend)) continue;
    for (const KernelEntry& entry : backend.kernels)
      if (entry.layout != nullptr && entry.weight == tensor.dtype &&
          tensor.layout == entry.layout->id)
        return entry.layout;
  }
  return nullptr;
}

std::string StoredAs(const TensorInfo& tensor) {
  return absl::StrCat("tensor '", tensor.name, "' is ", Name(tensor.dtype),
                      " stored as '", tensor.layout, "'");
}

Status CheckBytes(const WeightPart& part) {
  const uint64_t bytes = BytesIn(part.stored, *part.tensor);
  if (bytes == part.tensor->bytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(StoredAs(*part.tensor), " in ", part.tensor->bytes,
                   " bytes, but its shape takes ", bytes));
}

Status CheckCanBeRepacked(const WeightPart& part) {
  if (part.IsWantedAsStored() || part.stored == nullptr ||
      part.stored->unpack != nullptr)
    return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat(
      StoredAs(*part.tensor), ", which cannot be turned into '",
      part.wanted ? part.wanted->id : "rows", "' as these backends want it"));
}

StatusOr<WeightPart> PartOf(const Registry& registry, const TensorInfo& tensor,
                            const PackedLayout* wanted, size_t index) {
  WeightPart part{&tensor, nullptr, wanted, index};
  if (tensor.layout.empty()) return part;
  part.stored = FindLayout(registry, tensor);
  if (part.stored == nullptr)
    return absl::UnimplementedError(
        absl::StrCat(StoredAs(tensor),
                     ", a layout that no backend here has for this type: run "
                     "the model's original file, or pack that one again"));
  TENON_RETURN_IF_ERROR(CheckBytes(part));
  TENON_RETURN_IF_ERROR(CheckCanBeRepacked(part));
  return part;
}

}  // namespace

bool WeightPart::IsWantedAsStored() const { return SameLayout(stored, wanted); }

uint64_t WeightPart::WantedBytes() const {
  return IsWantedAsStored() ? tensor->bytes : BytesIn(wanted, *tensor);
}

uint64_t WeightPart::StoredBytes(uint64_t rows) const {
  const uint64_t groups = (rows + RowGroup(stored) - 1) / RowGroup(stored);
  return groups * (stored ? stored->group_bytes(tensor->dtype, tensor->cols())
                          : RowBytes(tensor->dtype, tensor->cols()));
}

uint64_t WeightPart::UnitRows() const {
  return std::lcm(RowGroup(stored), RowGroup(wanted));
}

StatusOr<std::vector<WeightPart>> WeightParts(
    const Registry& registry, const ModelFile& file, const Graph& graph,
    std::span<const PackedLayout* const> wanted) {
  std::vector<WeightPart> parts;
  for (size_t i = 0; i < graph.weights.size(); ++i) {
    const TensorInfo& tensor = *file.Find(graph.weights[i].name);
    TENON_ASSIGN_OR_RETURN(const WeightPart part,
                           PartOf(registry, tensor, wanted[i], i));
    parts.push_back(part);
  }
  std::ranges::sort(parts, {}, [](const WeightPart& part) {
    return std::tuple(part.tensor->source, part.tensor->offset, part.index);
  });
  return parts;
}

}  // namespace tenon
