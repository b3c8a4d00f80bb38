#include "tenon/plugin.h"

#include <memory>
#include <string_view>

#include "arch_transformer/build.h"
#include "arch_transformer/config.h"
#include "tenon/architecture.h"

namespace tenon {
namespace transformer {
namespace {

class Transformer final : public Architecture {
 public:
  explicit Transformer(const Config& config) : config_(config) {}

  ModelShape shape() const override {
    return {config_.V, config_.context_length, config_.E, config_.layers};
  }
  void Build(GraphBuilder& g) const override { BuildTransformer(g, config_); }

 private:
  Config config_;
};

StatusOr<std::unique_ptr<Architecture>> Configure(const ModelFile& file) {
  TENON_ASSIGN_OR_RETURN(const Config config, ReadConfig(file));
  return std::make_unique<Transformer>(config);
}

constexpr std::string_view kArchitectures[] = {"llama", "qwen2", "qwen3"};
constexpr ArchitectureFactory kFactory{kArchitectures, &Configure};

}  // namespace
}  // namespace transformer

extern constinit const Plugin kArchTransformer{
    "arch_transformer", "Llama 2 and 3, Mistral, SmolLM2, Qwen2 and Qwen3",
    &transformer::kFactory};

}  // namespace tenon
