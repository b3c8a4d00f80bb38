#include "cli/run_check.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "cli/report.h"
#include "tenon/architecture.h"
#include "tenon/backend.h"
#include "tenon/bind.h"
#include "tenon/model_loader.h"
#include "tenon/session.h"

namespace tenon::cli {
namespace {

constexpr const char* kNone = "none";

// The name of the linked plugin of `kind` that serves `what`.
template <typename Serves>
std::string PluginFor(const Registry& registry, PluginKind kind,
                      std::string_view what, Serves serves) {
  for (const Plugin* plugin : registry.OfKind(kind))
    if (std::ranges::count(serves(*plugin), what) > 0) return plugin->name;
  return kNone;
}

std::string String(const Metadata& metadata, std::string_view key) {
  return std::string(metadata.StringOr(key, "").value_or(""));
}

// The linked backends that were asked for and work on this machine.
StatusOr<std::vector<NamedBackend>> UsableBackends(
    const Registry& registry, const EngineOptions& options) {
  TENON_ASSIGN_OR_RETURN(const std::vector<std::string> wanted,
                         BackendNames(registry, options.backends));
  std::vector<NamedBackend> backends;
  for (const Plugin* plugin : registry.OfKind(PluginKind::kBackend)) {
    const Backend& backend = AsBackend(*plugin);
    if (!wanted.empty() && std::ranges::count(wanted, plugin->name) == 0)
      continue;
    if (backend.unusable == nullptr || backend.unusable() == nullptr)
      backends.push_back({plugin->name, &backend});
  }
  return backends;
}

void NoteBound(const BoundGraph& bound, uint32_t context_length,
               RunCheck& check) {
  check.bound = true;
  check.context = std::min(context_length, kDefaultContext);
  check.memory = EstimateMemory(bound, check.context);
  for (const BindReport::Line& line : bound.report.lines)
    if (line.phase == kDecode) ++check.nodes_by_backend[line.backend];
}

// Everything that Model::Load does but for the weights.
Status BindFile(const Registry& registry, const ModelFile& file,
                const EngineOptions& options,
                std::span<const NamedBackend> backends, RunCheck& check) {
  const DType cache = options.cache_type == "f32" ? DType::kF32 : DType::kF16;
  TENON_ASSIGN_OR_RETURN(Graph graph, BuildGraph(registry, file, cache));
  TENON_ASSIGN_OR_RETURN(
      const auto architecture,
      AsArchitecture(*registry.Find(check.architecture)).configure(file));
  BindOptions bind;
  bind.activations =
      options.activations == "f32" ? Activations::kF32 : Activations::kInt8;
  bind.max_tokens = options.batch_size;
  bind.max_outputs = 1;  // rows of logits: as in generation
  TENON_ASSIGN_OR_RETURN(const BoundGraph bound,
                         Bind(std::move(graph), backends, bind));
  if (options.explain) absl::FPrintF(stderr, "%s", bound.report.ToString());
  NoteBound(bound, architecture->shape().context_length, check);
  return CheckStoredLayouts(registry, file, bound);
}

void NoteMissing(const Status& status, RunCheck& check) {
  if (!status.ok()) check.missing.emplace_back(status.message());
}

}  // namespace

StatusOr<RunCheck> CheckRun(const Registry& registry, const ModelFile& file,
                            const EngineOptions& options) {
  TENON_ASSIGN_OR_RETURN(const std::vector<NamedBackend> backends,
                         UsableBackends(registry, options));
  RunCheck check;
  check.architecture = PluginFor(
      registry, PluginKind::kArchitecture,
      String(file.metadata, "general.architecture"),
      [](const Plugin& p) { return AsArchitecture(p).architectures; });
  check.tokenizer =
      PluginFor(registry, PluginKind::kTokenizer,
                String(file.metadata, "tokenizer.ggml.model"),
                [](const Plugin& p) { return AsTokenizer(p).models; });
  NoteMissing(BindFile(registry, file, options, backends, check), check);
  NoteMissing(LoadTokenizer(registry, file, Notice).status(), check);
  return check;
}

}  // namespace tenon::cli
