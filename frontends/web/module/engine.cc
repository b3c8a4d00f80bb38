#include "web/module/engine.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tenon/plugin.h"
#include "web/module/option_text.h"

namespace tenon::web {
namespace {

Status OutOfOrder(std::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat(what, " first"));
}

StatusOr<std::unique_ptr<ByteSource>> NoSiblings(std::string_view name) {
  return absl::UnimplementedError(
      absl::StrCat("the model is split, and '", name,
                   "' cannot be opened here: join its parts to one file"));
}

}  // namespace

StatusOr<const Registry*> Engine::Plugins() {
  if (!registry_) {
    TENON_ASSIGN_OR_RETURN(registry_, Registry::Create(LinkedPlugins()));
  }
  return &*registry_;
}

LogHook Engine::Log() {
  return [this](std::string_view message) {
    absl::StrAppend(&warnings_, message, "\n");
  };
}

Status Engine::Open(std::string_view name, uint64_t size) {
  if (file_ || loader_ || model_)
    return absl::FailedPreconditionError(
        "an instance of the module loads one model");
  name_ = name;
  size_ = size;
  return absl::OkStatus();
}

std::byte* Engine::HeaderRoom(uint64_t bytes) {
  return std::in_range<size_t>(bytes)
             ? prefix_.Reserve(static_cast<size_t>(bytes))
             : nullptr;
}

StatusOr<uint64_t> Engine::ReadHeader(uint64_t filled) {
  TENON_ASSIGN_OR_RETURN(const Registry* registry, Plugins());
  prefix_.filled = static_cast<size_t>(filled);
  prefix_.wanted = 0;
  auto file = OpenModelFile(
      *registry, std::make_unique<PrefixSource>(name_, size_, prefix_),
      NoSiblings, Log());
  if (!file.ok() && prefix_.wanted > filled) return prefix_.wanted;
  if (!file.ok()) return file.status();
  file_ = *std::move(file);
  return 0;
}

StatusOr<uint64_t> Engine::DataOffset() const {
  if (!file_) return OutOfOrder("read the header");
  uint64_t offset = size_;
  for (const TensorInfo& tensor : file_->tensors)
    offset = std::min(offset, tensor.offset);
  return offset;
}

Status Engine::Bind(std::string_view options) {
  if (!file_) return OutOfOrder("read the header");
  TENON_ASSIGN_OR_RETURN(LoadOptions load, ParseLoadOptions(options));
  load.log = Log();
  ModelFile file = *std::move(file_);
  file_.reset();
  TENON_ASSIGN_OR_RETURN(
      loader_, ModelLoader::Create(*registry_, std::move(file), load));
  return absl::OkStatus();
}

StatusOr<std::optional<WeightRequest>> Engine::Next() {
  if (!loader_) return OutOfOrder("bind the model");
  return loader_->Next();
}

Status Engine::Written() {
  if (!loader_) return OutOfOrder("bind the model");
  return loader_->Written();
}

Status Engine::Tune(std::string_view text) {
  if (!loader_) return OutOfOrder("bind the model");
  tuning_.text = text;
  loader_->TuneWith(tuning_);
  return absl::OkStatus();
}

Status Engine::Start() {
  if (!loader_) return OutOfOrder("bind the model");
  TENON_ASSIGN_OR_RETURN(const auto missing, loader_->Next());
  if (missing) return OutOfOrder("write all weights");
  model_ = (*std::move(loader_)).Finish();
  loader_.reset();
  return absl::OkStatus();
}

const Model* Engine::model() const {
  return loader_ ? &loader_->model() : model_.get();
}

StatusOr<std::shared_ptr<const Model>> Engine::Ready() const {
  if (!model_) return OutOfOrder("load a model");
  return model_;
}

const Tokenizer* Engine::tokenizer() const {
  return model() == nullptr ? nullptr : model()->tokenizer();
}

StatusOr<int> Engine::AddSession(uint32_t context_size, bool profiled) {
  TENON_ASSIGN_OR_RETURN(const auto model, Ready());
  auto profile = profiled ? std::make_unique<Profile>() : nullptr;
  TENON_ASSIGN_OR_RETURN(auto session,
                         Session::Create(model, {context_size, profile.get()}));
  return sessions_.Add({std::move(profile), std::move(session), {}, {}});
}

StatusOr<int> Engine::AddSampler(std::string_view text) {
  TENON_ASSIGN_OR_RETURN(const auto model, Ready());
  TENON_ASSIGN_OR_RETURN(const auto options, ParseSamplerOptions(text));
  TENON_ASSIGN_OR_RETURN(
      auto chain,
      SamplerChain::Create(*registry_, options, model->shape().vocab_size));
  return samplers_.Add(std::move(chain));
}

StatusOr<OpenSession*> Engine::FindSession(int handle) {
  OpenSession* found = sessions_.Find(handle);
  if (found != nullptr) return found;
  return absl::InvalidArgumentError(
      absl::StrCat("there is no session ", handle));
}

StatusOr<SamplerChain*> Engine::FindSampler(int handle) {
  SamplerChain* found = samplers_.Find(handle);
  if (found != nullptr) return found;
  return absl::InvalidArgumentError(
      absl::StrCat("there is no sampler ", handle));
}

}  // namespace tenon::web
