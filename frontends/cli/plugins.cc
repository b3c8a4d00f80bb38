// tenon plugins: what is linked into this program.
#include <algorithm>

#include "CLI/CLI.hpp"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/json.h"
#include "tenon/architecture.h"
#include "tenon/backend.h"
#include "tenon/plugin.h"
#include "tenon/sampler.h"

namespace tenon::cli {
namespace {

using Names = std::vector<std::string>;

Names ToNames(std::span<const std::string_view> names) {
  return Names(names.begin(), names.end());
}

// The weight types that a backend's matrix products read.
Names LinearTypes(const Backend& backend) {
  Names types;
  for (const KernelEntry& kernel : backend.kernels)
    if (kernel.op == OpKind::kLinear &&
        std::ranges::count(types, Name(kernel.weight)) == 0)
      types.emplace_back(Name(kernel.weight));
  return types;
}

// What the plugin is chosen by: architectures, tokenizer models, weight types
// or sampler options.
Names Serves(const Plugin& plugin) {
  switch (plugin.kind) {
    case PluginKind::kArchitecture:
      return ToNames(AsArchitecture(plugin).architectures);
    case PluginKind::kBackend:
      return LinearTypes(AsBackend(plugin));
    case PluginKind::kTokenizer:
      return ToNames(AsTokenizer(plugin).models);
    case PluginKind::kSampler:
      return ToNames(AsSampler(plugin).options);
    case PluginKind::kExecutor:
    case PluginKind::kFileFormat:
      break;
  }
  return {};
}

void PrintPluginsAsJson(const Registry& registry) {
  Json plugins = Json::array();
  for (const Plugin* plugin : registry.plugins())
    plugins.push_back({{"kind", Name(plugin->kind)},
                       {"name", plugin->name},
                       {"serves", Serves(*plugin)},
                       {"description", plugin->description}});
  PrintJson({{"version", kVersion},
             {"plugin_abi", kPluginAbi},
             {"plugins", plugins}});
}

Status ListPlugins(const Registry& registry, bool json) {
  if (json) {
    PrintPluginsAsJson(registry);
    return Status();
  }
  for (const Plugin* plugin : registry.plugins()) {
    absl::PrintF("%-12s  %-20s  %s\n", Name(plugin->kind), plugin->name,
                 plugin->description);
    if (const Names serves = Serves(*plugin); !serves.empty())
      absl::PrintF("%-12s  %-20s  - %s\n", "", "", absl::StrJoin(serves, " "));
  }
  return Status();
}

}  // namespace

void AddPlugins(CLI::App& app, const Registry& registry, Action& action) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command =
      app.add_subcommand("plugins", "List what is linked into this program");
  command->add_flag("--json", *json, "Print JSON");
  command->callback([json, &registry, &action] {
    action = [json, &registry] { return ListPlugins(registry, *json); };
  });
}

}  // namespace tenon::cli
