// Loading a model whose bytes arrive when they arrive: from a network, or from
// wherever they cannot be waited for.  Model::Load is the loop over this that
// reads the file.
#ifndef TENON_MODEL_LOADER_H_
#define TENON_MODEL_LOADER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "tenon/model.h"

namespace tenon {

class WeightLoader;

// Bytes that a loader needs.
struct WeightRequest {
  uint32_t source;            // index into ModelFile::sources
  uint64_t offset;            // bytes from the start of that source
  std::span<std::byte> into;  // where to write them
};

// Example:
//   TENON_ASSIGN_OR_RETURN(auto loader, ModelLoader::Create(...));
//   for (;;) {
//     TENON_ASSIGN_OR_RETURN(const auto request, loader.Next());
//     if (!request) break;
//     ...write the bytes to request->into...
//     TENON_RETURN_IF_ERROR(loader.Written());
//   }
//   auto model = std::move(loader).Finish();
//
// Threads: one caller.
class ModelLoader {
 public:
  // Builds the graph, binds it and makes the tokenizer; reads no weight.
  // `registry` outlives the loader.
  // Errors: as Model::Load; kUnimplemented for a tensor whose stored layout
  // cannot become the one that the backends want.
  static StatusOr<ModelLoader> Create(const Registry& registry, ModelFile file,
                                      const LoadOptions& options);
  ModelLoader(ModelLoader&&) noexcept;
  ModelLoader& operator=(ModelLoader&&) noexcept;
  ~ModelLoader();

  // What is known before any weight is there.
  const Model& model() const { return *model_; }

  // The next bytes, in the order of the file; nothing once all are there.
  // Errors: kResourceExhausted.
  StatusOr<std::optional<WeightRequest>> Next();
  // The bytes of the last request are written: packs them.
  // Errors: kInvalidArgument if the tensor that they complete has another
  // checksum than the file says.
  Status Written();
  uint64_t done() const;   // bytes of weights that are there
  uint64_t total() const;  // bytes of all weights

  // Sets LoadOptions::tuning, which outlives the loader.
  void TuneWith(TuningMemory& memory) { options_.tuning = &memory; }

  // Starts the executor.  REQUIRES: Next() returned nothing.
  std::shared_ptr<const Model> Finish() &&;

 private:
  ModelLoader(const Registry& registry, const LoadOptions& options,
              std::shared_ptr<Model> model,
              std::unique_ptr<WeightLoader> weights);

  const Registry* registry_;
  LoadOptions options_;
  std::shared_ptr<Model> model_;
  std::unique_ptr<WeightLoader> weights_;
};

// Whether every weight of `bound` can be had from the layout in which `file`
// stores it.
// Errors: kUnimplemented and kInvalidArgument, naming the tensor.
Status CheckStoredLayouts(const Registry& registry, const ModelFile& file,
                          const BoundGraph& bound);

}  // namespace tenon

#endif  // TENON_MODEL_LOADER_H_
