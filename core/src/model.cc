#include "tenon/model.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tenon {
namespace {

// Logits of one step: enough rows for prompts of tiny models to give all of
// theirs at once, one row where the vocabulary is large.
constexpr uint64_t kLogitBytes = uint64_t{4} << 20;

// Activations of one step.  Wide models take shorter steps.
constexpr uint64_t kActivationBytes = uint64_t{48} << 20;

StatusOr<const Plugin*> FindArchitecture(const Registry& registry,
                                         const ModelFile& file) {
  TENON_ASSIGN_OR_RETURN(const std::string_view wanted,
                         file.metadata.String("general.architecture"));
  std::vector<std::string_view> known;
  for (const Plugin* plugin : registry.OfKind(PluginKind::kArchitecture)) {
    for (std::string_view name : AsArchitecture(*plugin).architectures) {
      if (name == wanted) return plugin;
      known.push_back(name);
    }
  }
  return absl::UnimplementedError(absl::StrCat(
      "no linked plugin runs architecture '", wanted,
      "'; linked: ", known.empty() ? "none" : absl::StrJoin(known, ", ")));
}

struct Built {
  const Plugin* plugin;
  ModelShape shape;
  Graph graph;
};

StatusOr<Built> Build(const Registry& registry, const ModelFile& file,
                      DType cache) {
  TENON_ASSIGN_OR_RETURN(const Plugin* plugin,
                         FindArchitecture(registry, file));
  TENON_ASSIGN_OR_RETURN(const std::unique_ptr<Architecture> architecture,
                         AsArchitecture(*plugin).configure(file));
  GraphBuilder builder(file.tensors, cache);
  architecture->Build(builder);
  TENON_ASSIGN_OR_RETURN(Graph graph, std::move(builder).Finish());
  return Built{plugin, architecture->shape(), std::move(graph)};
}

StatusOr<const Plugin*> FindBackend(const Registry& registry,
                                    std::string_view name) {
  const auto linked = registry.OfKind(PluginKind::kBackend);
  std::vector<std::string_view> known;
  for (const Plugin* plugin : linked) {
    if (plugin->name == name || plugin->name == absl::StrCat("backend_", name))
      return plugin;
    known.push_back(plugin->name);
  }
  return absl::NotFoundError(
      absl::StrCat("no backend is called '", name,
                   "'; linked: ", absl::StrJoin(known, ", ")));
}

Status Unusable(const Plugin& plugin) {
  const auto probe = AsBackend(plugin).unusable;
  const char* reason = probe ? probe() : nullptr;
  if (reason == nullptr) return absl::OkStatus();
  return absl::UnimplementedError(
      absl::StrCat("backend ", plugin.name, ": ", reason));
}

// The named backends, which must be usable; or all that are usable.
StatusOr<std::vector<NamedBackend>> SelectBackends(const Registry& registry,
                                                   const LoadOptions& options) {
  std::vector<NamedBackend> selected;
  for (const std::string& name : options.backends) {
    TENON_ASSIGN_OR_RETURN(const Plugin* plugin, FindBackend(registry, name));
    TENON_RETURN_IF_ERROR(Unusable(*plugin));
    selected.push_back({plugin->name, &AsBackend(*plugin)});
  }
  if (!options.backends.empty()) return selected;
  for (const Plugin* plugin : registry.OfKind(PluginKind::kBackend)) {
    if (const Status status = Unusable(*plugin); !status.ok())
      Warn(options.log, status.message());
    else
      selected.push_back({plugin->name, &AsBackend(*plugin)});
  }
  return selected;
}

BindOptions BindOptionsFor(const LoadOptions& options,
                           const ModelShape& shape) {
  BindOptions bind;
  bind.activations = options.activations;
  bind.max_tokens = std::clamp(options.max_tokens, 1u, 1u << 14);
  bind.max_outputs = static_cast<uint32_t>(std::clamp<uint64_t>(
      kLogitBytes / (uint64_t{4} * shape.vocab_size), 1, bind.max_tokens));
  return bind;
}

// Halves the step until its activations fit.
StatusOr<BoundGraph> BindWithin(const Graph& graph,
                                std::span<const NamedBackend> backends,
                                BindOptions options) {
  for (;; options.max_tokens /= 2) {
    TENON_ASSIGN_OR_RETURN(BoundGraph bound, Bind(graph, backends, options));
    if (bound.prefill.arena_bytes <= kActivationBytes ||
        options.max_tokens == 1)
      return bound;
  }
}

// Null: the file has none.
StatusOr<std::unique_ptr<Tokenizer>> ReadTokenizer(const Registry& registry,
                                                   const Metadata& metadata,
                                                   const LogHook& log) {
  if (!metadata.Has("tokenizer.ggml.model")) return nullptr;
  TENON_ASSIGN_OR_RETURN(const std::string_view wanted,
                         metadata.String("tokenizer.ggml.model"));
  if (wanted == "none" || wanted == "no_vocab") return nullptr;
  for (const Plugin* plugin : registry.OfKind(PluginKind::kTokenizer)) {
    const TokenizerFactory& factory = AsTokenizer(*plugin);
    if (std::ranges::find(factory.models, wanted) != factory.models.end())
      return factory.create(metadata, log);
  }
  return absl::UnimplementedError(
      absl::StrCat("no linked plugin reads the tokenizer '", wanted,
                   "' ('tokenizer.ggml.model')"));
}

Status CheckTokenizer(const Tokenizer* tokenizer, const ModelShape& shape) {
  if (tokenizer == nullptr || tokenizer->vocab_size() <= shape.vocab_size)
    return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("'tokenizer.ggml.tokens' has ", tokenizer->vocab_size(),
                   " entries, the embedding has ", shape.vocab_size, " rows"));
}

}  // namespace

StatusOr<Graph> BuildGraph(const Registry& registry, const ModelFile& file,
                           DType cache) {
  auto built = Build(registry, file, cache);
  if (!built.ok()) return file.Blame(built.status());
  return std::move(built->graph);
}

StatusOr<std::unique_ptr<Tokenizer>> LoadTokenizer(const Registry& registry,
                                                   const ModelFile& file,
                                                   const LogHook& log) {
  auto tokenizer = ReadTokenizer(registry, file.metadata, log);
  if (!tokenizer.ok()) return file.Blame(tokenizer.status());
  return tokenizer;
}

Status Model::Prepare(const Registry& registry, const LoadOptions& options) {
  TENON_ASSIGN_OR_RETURN(Built built, Build(registry, file_, options.cache));
  shape_ = built.shape;
  architecture_ = built.plugin->name;
  TENON_ASSIGN_OR_RETURN(const std::vector<NamedBackend> backends,
                         SelectBackends(registry, options));
  for (const NamedBackend& b : backends) backends_.push_back(b.name);
  TENON_ASSIGN_OR_RETURN(bound_, BindWithin(built.graph, backends,
                                            BindOptionsFor(options, shape_)));
  TENON_ASSIGN_OR_RETURN(tokenizer_,
                         ReadTokenizer(registry, file_.metadata, options.log));
  return CheckTokenizer(tokenizer_.get(), shape_);
}

MemoryEstimate EstimateMemory(const BoundGraph& bound, uint32_t context) {
  MemoryEstimate estimate;
  for (size_t i = 0; i < bound.graph.weights.size(); ++i) {
    const Weight& w = bound.graph.weights[i];
    const PackedLayout* layout = bound.layouts[i];
    estimate.weights += layout ? layout->bytes(w.dtype, w.rows, w.cols)
                               : uint64_t{w.rows} * RowBytes(w.dtype, w.cols);
  }
  estimate.activations =
      std::max(bound.prefill.arena_bytes, bound.decode.arena_bytes) +
      bound.ScratchBytes(context);
  for (const StateSpec& s : bound.graph.states)
    (s.is_constant() ? estimate.state_constant : estimate.state_per_position) +=
        s.Bytes(1);
  return estimate;
}

uint64_t Model::parameters() const {
  uint64_t n = 0;
  for (const TensorInfo& t : file_.tensors) n += t.rows() * t.cols();
  return n;
}

}  // namespace tenon
