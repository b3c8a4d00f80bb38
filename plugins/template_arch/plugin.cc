#include "tenon/plugin.h"

#include <memory>
#include <string_view>

#include "template_arch/build.h"
#include "template_arch/config.h"
#include "tenon/architecture.h"

namespace tenon {
namespace template_arch {
namespace {

class TemplateArch final : public Architecture {
 public:
  explicit TemplateArch(const Config& config) : config_(config) {}

  ModelShape shape() const override {
    return {config_.V, config_.context_length, config_.E, config_.layers};
  }
  void Build(GraphBuilder& g) const override { BuildTemplateArch(g, config_); }

 private:
  Config config_;
};

StatusOr<std::unique_ptr<Architecture>> Configure(const ModelFile& file) {
  TENON_ASSIGN_OR_RETURN(const Config config, ReadConfig(file));
  return std::make_unique<TemplateArch>(config);
}

constexpr std::string_view kArchitectures[] = {"template_arch"};
constexpr ArchitectureFactory kFactory{kArchitectures, &Configure};

}  // namespace
}  // namespace template_arch

extern constinit const Plugin kTemplateArch{
    "template_arch", "the architecture to copy: feed-forward layers alone",
    &template_arch::kFactory};

}  // namespace tenon
