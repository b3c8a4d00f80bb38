// Brings the weights of a file into the layouts that the binder chose.
#ifndef TENON_SRC_WEIGHT_LOADER_H_
#define TENON_SRC_WEIGHT_LOADER_H_

#include <atomic>
#include <functional>
#include <span>
#include <vector>

#include "tenon/arena.h"
#include "tenon/graph.h"
#include "tenon/kernel.h"
#include "tenon/model_file.h"
#include "tenon/status.h"

namespace tenon {

struct LoadedWeights {
  std::vector<const std::byte*> data;  // one per weight of the graph
  std::vector<AlignedBuffer> owned;    // those that are not used in place
};

struct WeightLoadOptions {
  std::function<void(uint64_t done, uint64_t total)> progress;
  const std::atomic<bool>* cancel = nullptr;
};

// Uses a weight where it lies if its layout is the canonical one and its
// source is mapped and aligned; otherwise streams it, block of rows by block,
// into memory of its own.  Peak: the weights plus one block.
// Errors: kResourceExhausted, kCancelled, kUnavailable.
StatusOr<LoadedWeights> LoadWeights(
    const ModelFile& file, const Graph& graph,
    std::span<const PackedLayout* const> layouts,
    const WeightLoadOptions& options);

}  // namespace tenon

#endif  // TENON_SRC_WEIGHT_LOADER_H_
