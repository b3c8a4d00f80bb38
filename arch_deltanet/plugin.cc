#include "tenon/plugin.h"

#include <memory>
#include <string_view>

#include "arch_deltanet/build.h"
#include "arch_deltanet/config.h"
#include "tenon/architecture.h"

namespace tenon {
namespace deltanet {
namespace {

class DeltaNet final : public Architecture {
 public:
  explicit DeltaNet(const Config& config) : config_(config) {}

  ModelShape shape() const override {
    return {config_.V, config_.context_length, config_.E, config_.layers};
  }
  void Build(GraphBuilder& g) const override { BuildDeltaNet(g, config_); }

 private:
  Config config_;
};

StatusOr<std::unique_ptr<Architecture>> Configure(const ModelFile& file) {
  TENON_ASSIGN_OR_RETURN(const Config config, ReadConfig(file));
  return std::make_unique<DeltaNet>(config);
}

constexpr std::string_view kArchitectures[] = {"qwen35", "qwen35moe",
                                               "qwen3next"};
constexpr ArchitectureFactory kFactory{kArchitectures, &Configure};

}  // namespace
}  // namespace deltanet

extern constinit const Plugin kArchDeltaNet{
    "arch_deltanet", "Qwen3.5 and Qwen3-Next: delta rule and softmax attention",
    &deltanet::kFactory};

}  // namespace tenon
