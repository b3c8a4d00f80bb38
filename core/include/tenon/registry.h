// The plugins that a program works with: a value, made from descriptors.
// Tests make their own from fakes; there is no global.
#ifndef TENON_REGISTRY_H_
#define TENON_REGISTRY_H_

#include <span>
#include <string_view>
#include <vector>

#include "tenon/plugin.h"
#include "tenon/status.h"

namespace tenon {

// Immutable and cheap to copy.  Descriptors must outlive it.
class Registry {
 public:
  // Keeps the order of `plugins`: among backends it is the overlay order, slow
  // to fast.
  // Errors: kInvalidArgument, naming the plugin, for a duplicate name, another
  // ABI number or a descriptor without name or interface.
  static StatusOr<Registry> Create(std::span<const Plugin* const> plugins);

  std::span<const Plugin* const> plugins() const { return plugins_; }
  std::vector<const Plugin*> OfKind(PluginKind kind) const;
  const Plugin* Find(std::string_view name) const;

 private:
  std::vector<const Plugin*> plugins_;
};

// The interface behind a descriptor.  REQUIRES: the kind matches.
inline const ArchitectureFactory& AsArchitecture(const Plugin& p) {
  return *static_cast<const ArchitectureFactory*>(p.interface);
}
inline const Backend& AsBackend(const Plugin& p) {
  return *static_cast<const Backend*>(p.interface);
}
inline const ExecutorFactory& AsExecutor(const Plugin& p) {
  return *static_cast<const ExecutorFactory*>(p.interface);
}
inline const TokenizerFactory& AsTokenizer(const Plugin& p) {
  return *static_cast<const TokenizerFactory*>(p.interface);
}
inline const SamplerFactory& AsSampler(const Plugin& p) {
  return *static_cast<const SamplerFactory*>(p.interface);
}
inline const FileFormat& AsFileFormat(const Plugin& p) {
  return *static_cast<const FileFormat*>(p.interface);
}

}  // namespace tenon

#endif  // TENON_REGISTRY_H_
