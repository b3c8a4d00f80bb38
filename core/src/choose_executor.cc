#include "src/choose_executor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/calibration.h"

namespace tenon {
namespace {

const Plugin* FindExecutor(const Registry& registry) {
  const auto linked = registry.OfKind(PluginKind::kExecutor);
  return linked.empty() ? nullptr : linked.front();
}

// A text for each set of circumstances that could change the choice.
std::string TuningKey(const Model& model, const Plugin& plugin, uint32_t most) {
  const BoundGraph& bound = model.bound();
  return absl::StrCat(
      "tenon ", kVersion, ", ", plugin.name, " ", most, ", ",
      absl::StrJoin(model.backends(), " "), ", ", model.architecture_plugin(),
      " ", bound.decode.steps.size(), " steps of ", bound.prefill.max_tokens,
      " tokens, ", EstimateMemory(bound, 1).weights, " bytes");
}

std::optional<Tuning> Recall(TuningMemory& memory, std::string_view key,
                             uint32_t most) {
  std::optional<Tuning> tuning = ParseTuning(memory.Recall(key));
  if (!tuning || tuning->threads.value > most) return std::nullopt;
  tuning->remembered = true;
  return tuning;
}

// What is remembered, or else measured; nothing if neither is possible.
std::optional<Tuning> Tune(const Plugin& plugin, const LoadOptions& options,
                           const Model& model, Executor& executor) {
  const uint32_t most = executor.workers();
  const std::string key = TuningKey(model, plugin, most);
  if (auto tuning = Recall(*options.tuning, key, most)) {
    executor.Limit(tuning->threads.value);
    return tuning;
  }
  auto measured = Calibrate(model.bound(), executor, options.cancel);
  if (!measured.ok()) return std::nullopt;
  const bool cancelled = options.cancel != nullptr && options.cancel->load();
  if (!cancelled) options.tuning->Remember(key, ToText(*measured));
  return *std::move(measured);
}

// Without an executor: threads cannot be started.
ExecutorChoice StartThreads(const Plugin& plugin, const LoadOptions& options,
                            const Model& model) {
  const bool open = options.threads == 0;
  ExecutorChoice choice{
      AsExecutor(plugin).create(open ? options.most_threads : options.threads),
      plugin.name,
      {}};
  const bool several = choice.executor && choice.executor->workers() > 1;
  if (open && several && options.tuning != nullptr)
    choice.tuning = Tune(plugin, options, model, *choice.executor);
  return choice;
}

}  // namespace

ExecutorChoice ChooseExecutor(const Registry& registry,
                              const LoadOptions& options, const Model& model) {
  const Plugin* plugin = FindExecutor(registry);
  if (plugin != nullptr && options.threads != 1) {
    ExecutorChoice choice = StartThreads(*plugin, options, model);
    if (choice.executor) return choice;
    Warn(options.log,
         absl::StrCat(plugin->name, ": cannot start threads; one is used"));
  } else if (options.threads > 1) {
    Warn(options.log, "no executor with threads is linked; one is used");
  }
  return {MakeInlineExecutor(), "inline", {}};
}

}  // namespace tenon
