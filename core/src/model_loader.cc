#include "tenon/model_loader.h"

#include "absl/strings/str_cat.h"
#include "src/weight_loader.h"

namespace tenon {
namespace {

std::unique_ptr<Executor> MakeExecutor(const Registry& registry,
                                       const LoadOptions& options,
                                       std::string_view& name) {
  const auto linked = registry.OfKind(PluginKind::kExecutor);
  if (!linked.empty() && options.threads != 1) {
    name = linked.front()->name;
    if (auto pool = AsExecutor(*linked.front()).create(options.threads))
      return pool;
    Warn(options.log,
         absl::StrCat(name, ": cannot start threads; one is used"));
  } else if (options.threads > 1) {
    Warn(options.log, "no executor with threads is linked; one is used");
  }
  name = "inline";
  return MakeInlineExecutor();
}

Status ReadWeights(ModelLoader& loader, const LoadOptions& options) {
  for (;;) {
    TENON_ASSIGN_OR_RETURN(const auto request, loader.Next());
    if (options.progress) options.progress(loader.done(), loader.total());
    if (options.cancel != nullptr && options.cancel->load())
      return absl::CancelledError("loading was cancelled");
    if (!request) return absl::OkStatus();
    ByteSource& source = *loader.model().file().sources[request->source];
    TENON_RETURN_IF_ERROR(source.Read(request->offset, request->into));
    loader.Written();
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
  auto weights = std::make_unique<WeightLoader>(
      model->file_, model->bound_.graph, model->bound_.layouts);
  return ModelLoader(registry, options, std::move(model), std::move(weights));
}

StatusOr<std::optional<WeightRequest>> ModelLoader::Next() {
  auto request = weights_->Next();
  if (!request.ok()) return model_->file_.Blame(request.status());
  return request;
}

void ModelLoader::Written() { weights_->Written(); }
uint64_t ModelLoader::done() const { return weights_->done(); }
uint64_t ModelLoader::total() const { return weights_->total(); }

std::shared_ptr<const Model> ModelLoader::Finish() && {
  LoadedWeights weights = weights_->Take();
  model_->bound_.AttachWeights(weights.data);
  model_->packed_ = std::move(weights.owned);
  model_->executor_ =
      MakeExecutor(*registry_, options_, model_->executor_name_);
  return std::move(model_);
}

StatusOr<std::shared_ptr<const Model>> Model::Load(const Registry& registry,
                                                   ModelFile file,
                                                   const LoadOptions& options) {
  TENON_ASSIGN_OR_RETURN(
      ModelLoader loader,
      ModelLoader::Create(registry, std::move(file), options));
  TENON_RETURN_IF_ERROR(ReadWeights(loader, options));
  return std::move(loader).Finish();
}

}  // namespace tenon
