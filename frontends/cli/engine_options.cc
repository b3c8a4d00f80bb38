#include <algorithm>

#include "CLI/CLI.hpp"
#include "absl/functional/function_ref.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/tuning_cache.h"

namespace tenon::cli {
namespace {

constexpr uint32_t kMaxBatch = 1u << 16;
constexpr std::string_view kBackendPrefix = "backend_";

bool IsBackend(const Plugin& plugin, std::string_view wanted) {
  return wanted == plugin.name ||
         absl::StrCat(kBackendPrefix, wanted) == plugin.name;
}

Status UnknownBackend(std::string_view wanted,
                      const std::vector<const Plugin*>& linked) {
  return absl::NotFoundError(absl::StrCat(
      "--backends: no backend '", wanted, "' is linked; there are: ",
      absl::StrJoin(linked, ", ", [](std::string* out, const Plugin* plugin) {
        out->append(plugin->name);
      })));
}

// "measured: 1 in 20.125 ms, 2 in 10.507 ms"
std::string DescribeSamples(const Tuning& tuning, const Tuning::Choice& choice,
                            absl::FunctionRef<std::string(uint32_t)> name) {
  const auto append = [&](std::string* out, const Tuning::Sample& sample) {
    absl::StrAppendFormat(out, "%s in %.3f ms", name(sample.value),
                          sample.milliseconds);
  };
  return absl::StrCat(tuning.remembered ? "remembered: " : "measured: ",
                      absl::StrJoin(choice.samples, ", ", append));
}

std::string TileName(uint32_t kib) {
  return kib == 0 ? "unlimited" : absl::StrCat(kib, " KiB");
}

// "threads: 2, backend_threads, measured: 1 in 20.125 ms, 2 in 10.507 ms"
// "tiles: unlimited, measured: unlimited in 3.103 ms, 320 KiB in 3.120 ms"
std::string DescribeChoices(const Model& model) {
  std::string text = absl::StrCat("threads: ", model.executor().workers(), ", ",
                                  model.executor_plugin());
  const auto& tuning = model.tuning();
  if (!tuning) return text + "\n";
  const auto number = [](uint32_t n) { return absl::StrCat(n); };
  absl::StrAppend(&text, ", ",
                  DescribeSamples(*tuning, tuning->threads, number),
                  "\ntiles: ", TileName(tuning->tile_kib.value), ", ",
                  DescribeSamples(*tuning, tuning->tile_kib, TileName), "\n");
  return text;
}

}  // namespace

void AddModelOption(CLI::App& command, std::string& model) {
  command.add_option("-m,--model", model, "A model file, or a model's name")
      ->capture_default_str();
}

void AddThreadsOption(CLI::App& command, uint32_t& threads) {
  command
      .add_option("-t,--threads", threads,
                  "Threads; 0: as many as are fastest, measured once")
      ->check(CLI::Range(0u, kMaxThreads))
      ->capture_default_str();
}

void AddEngineOptions(CLI::App& command, EngineOptions& options) {
  AddModelOption(command, options.model);
  command
      .add_option("--backends", options.backends,
                  "Use only these of the linked backends: a,b")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      .add_option("--activations", options.activations,
                  "The inputs of quantised matrices: int8 blocks, or f32 for "
                  "the accuracy reference")
      ->check(CLI::IsMember({"f32", "int8"}))
      ->capture_default_str();
  command
      .add_option("--cache-type", options.cache_type,
                  "How keys and values are kept")
      ->check(CLI::IsMember({"f32", "f16"}))
      ->capture_default_str();
  command
      .add_option("-b,--batch-size", options.batch_size,
                  "Prompt tokens per step: more is faster and takes memory")
      ->check(CLI::Range(1u, kMaxBatch))
      ->capture_default_str();
  command.add_flag("--no-tuning", options.no_tuning,
                   "With 0 threads: as many as there are physical cores, "
                   "without measuring or remembering");
  command.add_flag("--explain", options.explain,
                   "Print to stderr which kernel runs each node, how many "
                   "threads run, with which tiles, and why");
}

StatusOr<std::vector<std::string>> BackendNames(
    const Registry& registry, const std::vector<std::string>& wanted) {
  const auto linked = registry.OfKind(PluginKind::kBackend);
  for (const std::string& name : wanted)
    if (std::ranges::none_of(
            linked, [&](const Plugin* p) { return IsBackend(*p, name); }))
      return UnknownBackend(name, linked);

  std::vector<std::string> names;
  for (const Plugin* plugin : linked)
    if (std::ranges::any_of(wanted, [&](const std::string& name) {
          return IsBackend(*plugin, name);
        }))
      names.emplace_back(plugin->name);
  return names;
}

StatusOr<ModelFile> OpenModel(const Registry& registry,
                              const std::string& model) {
  TENON_ASSIGN_OR_RETURN(const std::string path, FindModel(model));
  return OpenModelFile(registry, path, Notice);
}

StatusOr<std::shared_ptr<const Model>> LoadModel(const Registry& registry,
                                                 const EngineOptions& options) {
  LoadOptions load;
  TENON_ASSIGN_OR_RETURN(load.backends,
                         BackendNames(registry, options.backends));
  load.activations =
      options.activations == "f32" ? Activations::kF32 : Activations::kInt8;
  load.cache = options.cache_type == "f32" ? DType::kF32 : DType::kF16;
  load.threads = options.threads;
  TuningCache cache;
  if (!options.no_tuning) load.tuning = &cache;
  load.max_tokens = options.batch_size;
  load.log = Notice;
  load.cancel = CatchInterrupts();
  ProgressBar bar("loading");
  load.progress = [&bar](uint64_t done, uint64_t total) {
    bar.Update(done, total);
  };
  TENON_ASSIGN_OR_RETURN(ModelFile file, OpenModel(registry, options.model));
  TENON_ASSIGN_OR_RETURN(auto model,
                         Model::Load(registry, std::move(file), load));
  bar.Clear();
  if (options.explain)
    absl::FPrintF(stderr, "%s%s", model->bound().report.ToString(),
                  DescribeChoices(*model));
  return model;
}

StatusOr<std::unique_ptr<Tokenizer>> OpenTokenizer(const Registry& registry,
                                                   const std::string& model) {
  TENON_ASSIGN_OR_RETURN(const ModelFile file, OpenModel(registry, model));
  TENON_ASSIGN_OR_RETURN(auto tokenizer, LoadTokenizer(registry, file, Notice));
  if (tokenizer) return tokenizer;
  return absl::NotFoundError(
      absl::StrCat(file.name(), ": the file has no tokenizer"));
}

}  // namespace tenon::cli
