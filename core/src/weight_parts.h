// Which tensor of a file becomes which weight, and from which layout to which.
#ifndef TENON_SRC_WEIGHT_PARTS_H_
#define TENON_SRC_WEIGHT_PARTS_H_

#include <span>
#include <vector>

#include "tenon/graph.h"
#include "tenon/kernel.h"
#include "tenon/model_file.h"
#include "tenon/registry.h"
#include "tenon/status.h"

namespace tenon {

// Layouts: null for the canonical one.
struct WeightPart {
  const TensorInfo* tensor;
  const PackedLayout* stored;
  const PackedLayout* wanted;
  size_t index;  // of the weight

  // Whether the stored bytes are the weight, as they are.
  bool IsWantedAsStored() const;
  uint64_t WantedBytes() const;
  // Stored bytes of `rows` rows from a row on that begins a group.
  // REQUIRES: !IsWantedAsStored()
  uint64_t StoredBytes(uint64_t rows) const;
  // Rows that can be brought over alone: whole groups of both layouts.
  uint64_t UnitRows() const;
};

// One part per weight of `graph`, in the order of the file.  `wanted`: one
// layout per weight.  `file` outlives the parts.
// Errors: kUnimplemented for a stored layout that no linked backend can read,
// kInvalidArgument for one with too few or too many bytes; both name the
// tensor.
StatusOr<std::vector<WeightPart>> WeightParts(
    const Registry& registry, const ModelFile& file, const Graph& graph,
    std::span<const PackedLayout* const> wanted);

}  // namespace tenon

#endif  // TENON_SRC_WEIGHT_PARTS_H_
