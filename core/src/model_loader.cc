#include "tenon/model_loader.h"

#include "src/choose_executor.h"
#include "src/weight_loader.h"

namespace tenon {
namespace {

bool IsCancelled(const LoadOptions& options) {
  return options.cancel != nullptr && options.cancel->load();
}

Status Cancelled() { return absl::CancelledError("loading was cancelled"); }

Status ReadWeights(ModelLoader& loader, const LoadOptions& options) {
  for (;;) {
    TENON_ASSIGN_OR_RETURN(const auto request, loader.Next());
    if (options.progress) options.progress(loader.done(), loader.total());
    if (IsCancelled(options)) return Cancelled();
    if (!request) return absl::OkStatus();
    ByteSource& source = *loader.model().file().sources[request->source];
    TENON_RETURN_IF_ERROR(source.Read(request->offset, request->into));
    TENON_RETURN_IF_ERROR(loader.Written());
  }
}

}  // namespace

ModelLoader::ModelLoader(const Registry& registry, const LoadOptions& options,
                         std::shared_ptr<Model> model,
                         std::unique_ptr<WeightLoader> weights)
    : registry_(&registry),
      options_(options),
      model_(std::move(model)),
      weights_(std::move(weights)) {}
ModelLoader::ModelLoader(ModelLoader&&) noexcept = default;
ModelLoader& ModelLoader::operator=(ModelLoader&&) noexcept = default;
ModelLoader::~ModelLoader() = default;

StatusOr<ModelLoader> ModelLoader::Create(const Registry& registry,
                                          ModelFile file,
                                          const LoadOptions& options) {
  std::shared_ptr<Model> model(new Model);
  model->file_ = std::move(file);
  const Status status = model->Prepare(registry, options);
  if (!status.ok()) return model->file_.Blame(status);
  const BoundGraph& bound = model->bound_;
  auto parts = WeightParts(registry, model->file_, bound.graph, bound.layouts);
  if (!parts.ok()) return model->file_.Blame(parts.status());
  auto weights =
      std::make_unique<WeightLoader>(model->file_, *std::move(parts));
  return ModelLoader(registry, options, std::move(model), std::move(weights));
}

StatusOr<std::optional<WeightRequest>> ModelLoader::Next() {
  auto request = weights_->Next();
  if (!request.ok()) return model_->file_.Blame(request.status());
  return request;
}

Status ModelLoader::Written() {
  const Status status = weights_->Written();
  return status.ok() ? status : model_->file_.Blame(status);
}
uint64_t ModelLoader::done() const { return weights_->done(); }
uint64_t ModelLoader::total() const { return weights_->total(); }

std::shared_ptr<const Model> ModelLoader::Finish() && {
  LoadedWeights weights = weights_->Take();
  model_->bound_.AttachWeights(weights.data);
  model_->packed_ = std::move(weights.owned);
  ExecutorChoice choice = ChooseExecutor(*registry_, options_, *model_);
  model_->executor_ = std::move(choice.executor);
  model_->executor_name_ = choice.name;
  model_->tuning_ = std::move(choice.tuning);
  return std::move(model_);
}

StatusOr<std::shared_ptr<const Model>> Model::Load(const Registry& registry,
                                                   ModelFile file,
                                                   const LoadOptions& options) {
  TENON_ASSIGN_OR_RETURN(
      ModelLoader loader,
      ModelLoader::Create(registry, std::move(file), options));
  TENON_RETURN_IF_ERROR(ReadWeights(loader, options));
  auto model = std::move(loader).Finish();
  if (IsCancelled(options)) return Cancelled();
  return model;
}

Status CheckStoredLayouts(const Registry& registry, const ModelFile& file,
                          const BoundGraph& bound) {
  return WeightParts(registry, file, bound.graph, bound.layouts).status();
}

}  // namespace tenon
