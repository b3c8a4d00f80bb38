// Brings the weights of a file into the layouts that the binder chose.
#ifndef TENON_SRC_WEIGHT_LOADER_H_
#define TENON_SRC_WEIGHT_LOADER_H_

#include <optional>
#include <span>
#include <vector>

#include "tenon/arena.h"
#include "tenon/graph.h"
#include "tenon/kernel.h"
#include "tenon/model_file.h"
#include "tenon/model_loader.h"
#include "tenon/status.h"

namespace tenon {

struct LoadedWeights {
  std::vector<const std::byte*> data;  // one per weight of the graph
  std::vector<AlignedBuffer> owned;    // those that are not used in place
};

// Uses a weight where it lies if its layout is the canonical one and its source
// is mapped and aligned; asks for the bytes of the others in the order of the
// file, block of rows by block, and packs each block when it is there.  Peak:
// the weights plus one block.
class WeightLoader {
 public:
  // Both outlive the loader.  Layouts: null for the canonical one.
  WeightLoader(const ModelFile& file, const Graph& graph,
               std::span<const PackedLayout* const> layouts);

  // The next bytes, and where to put them; nothing once all weights are there.
  // Errors: kResourceExhausted.
  StatusOr<std::optional<WeightRequest>> Next();
  // The bytes of the last request are there.
  void Written();

  uint64_t done() const { return done_; }  // bytes of the file
  uint64_t total() const { return total_; }
  LoadedWeights Take() { return std::move(loaded_); }

 private:
  struct Part {
    const TensorInfo* tensor;
    const PackedLayout* layout;
    size_t index;  // of the weight
  };

  bool IsUsedInPlace(const Part& part) const;
  Status Begin(const Part& part);
  uint64_t BlockRows() const;

  const ModelFile& file_;
  std::vector<Part> parts_;  // in the order of the file
  size_t part_ = 0;          // the current one
  std::byte* target_ = nullptr;
  uint64_t row_ = 0, rows_ = 0;  // the first row and the count of the request
  AlignedBuffer block_;          // rows as the file has them, to be packed
  uint64_t done_ = 0, total_ = 0;
  LoadedWeights loaded_;
};

}  // namespace tenon

#endif  // TENON_SRC_WEIGHT_LOADER_H_
