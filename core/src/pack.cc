#include "tenon/pack.h"

#include <map>
#include <vector>

#include "src/weight_loader.h"
#include "src/weight_parts.h"
#include "tenon/model_loader.h"

namespace tenon {
namespace {

// The tensors of a file, one after the other, in the layouts of a bound graph.
class Packer {
 public:
  Packer(const ModelFile& file, const LoadOptions& options,
         std::span<const WeightPart> weights)
      : file_(file), options_(options) {
    std::map<const TensorInfo*, WeightPart> by_tensor;
    for (const WeightPart& part : weights) by_tensor[part.tensor] = part;
    for (const TensorInfo& tensor : file.tensors) {
      const auto found = by_tensor.find(&tensor);
      // No weight: it is kept as it is, whatever that is.
      parts_.push_back(found == by_tensor.end()
                           ? WeightPart{&tensor, nullptr, nullptr, 0}
                           : found->second);
      parts_.back().index = 0;  // each is loaded alone
      total_ += tensor.bytes;
    }
  }

  std::vector<TensorInfo> Tensors() const {
    std::vector<TensorInfo> tensors;
    for (const WeightPart& part : parts_) {
      tensors.push_back(*part.tensor);
      tensors.back().bytes = part.WantedBytes();
      if (!part.IsWantedAsStored())
        tensors.back().layout = part.wanted ? part.wanted->id : "";
    }
    return tensors;
  }

  StatusOr<std::span<const std::byte>> BytesOf(size_t i) {
    loaded_ = {};
    WeightLoader loader(file_, {parts_[i]});
    for (;;) {
      TENON_ASSIGN_OR_RETURN(const auto request, loader.Next());
      TENON_RETURN_IF_ERROR(Report(loader.done()));
      if (!request) break;
      ByteSource& source = *file_.sources[request->source];
      TENON_RETURN_IF_ERROR(source.Read(request->offset, request->into));
      TENON_RETURN_IF_ERROR(loader.Written());
    }
    done_ += loader.total();
    loaded_ = loader.Take();
    return std::span(loaded_.data[0],
                     static_cast<size_t>(parts_[i].WantedBytes()));
  }

 private:
  Status Report(uint64_t done_of_tensor) const {
    if (options_.progress) options_.progress(done_ + done_of_tensor, total_);
    if (options_.cancel != nullptr && options_.cancel->load())
      return absl::CancelledError("packing was cancelled");
    return absl::OkStatus();
  }

  const ModelFile& file_;
  const LoadOptions& options_;
  std::vector<WeightPart> parts_;  // one per tensor, in the order of the file
  uint64_t done_ = 0, total_ = 0;
  LoadedWeights loaded_;  // of the last tensor
};

}  // namespace

Status PackModel(const Registry& registry, ModelFile file,
                 const LoadOptions& options, const FileFormat& format,
                 ByteSink& sink) {
  TENON_ASSIGN_OR_RETURN(
      const ModelLoader loader,
      ModelLoader::Create(registry, std::move(file), options));
  const ModelFile& source = loader.model().file();
  // What is used in place is not verified on its way.
  TENON_RETURN_IF_ERROR(
      VerifyChecksums(source, {.cancel = options.cancel}).status());
  const BoundGraph& bound = loader.model().bound();
  TENON_ASSIGN_OR_RETURN(
      const std::vector<WeightPart> weights,
      WeightParts(registry, source, bound.graph, bound.layouts));
  Packer packer(source, options, weights);
  const ModelToWrite model{&source.metadata, packer.Tensors(),
                           [&](size_t i) { return packer.BytesOf(i); }};
  return format.write(model, sink);
}

}  // namespace tenon
