#include "tenon/registry.h"

#include "absl/strings/str_cat.h"

namespace tenon {

const char* Name(PluginKind kind) noexcept {
  switch (kind) {
    case PluginKind::kArchitecture:
      return "architecture";
    case PluginKind::kBackend:
      return "backend";
    case PluginKind::kExecutor:
      return "executor";
    case PluginKind::kTokenizer:
      return "tokenizer";
    case PluginKind::kSampler:
      return "sampler";
    case PluginKind::kFileFormat:
      return "file format";
  }
  return "unknown";
}

namespace {

Status Check(const Plugin* plugin) {
  if (plugin == nullptr || plugin->name == nullptr || plugin->name[0] == '\0') {
    return absl::InvalidArgumentError("a plugin has no name");
  }
  if (plugin->abi != kPluginAbi) {
    return absl::InvalidArgumentError(
        absl::StrCat("plugin ", plugin->name, ": made for plugin ABI ",
                     plugin->abi, ", this program has ", kPluginAbi));
  }
  if (plugin->interface == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("plugin ", plugin->name, ": has no interface"));
  }
  return absl::OkStatus();
}

}  // namespace

StatusOr<Registry> Registry::Create(std::span<const Plugin* const> plugins) {
  Registry registry;
  for (const Plugin* plugin : plugins) {
    TENON_RETURN_IF_ERROR(Check(plugin));
    if (registry.Find(plugin->name) != nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("plugin ", plugin->name, ": linked twice"));
    }
    registry.plugins_.push_back(plugin);
  }
  return registry;
}

std::vector<const Plugin*> Registry::OfKind(PluginKind kind) const {
  std::vector<const Plugin*> found;
  for (const Plugin* plugin : plugins_)
    if (plugin->kind == kind) found.push_back(plugin);
  return found;
}

const Plugin* Registry::Find(std::string_view name) const {
  for (const Plugin* plugin : plugins_)
    if (plugin->name == name) return plugin;
  return nullptr;
}

}  // namespace tenon
