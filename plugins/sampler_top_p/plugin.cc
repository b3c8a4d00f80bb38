// Nucleus sampling (Holtzman et al. 2019): keeps the fewest best tokens whose
// probabilities add up to top_p.
#include "tenon/plugin.h"

#include "tenon/sampler.h"

namespace tenon {
namespace {

class TopP : public Sampler {
 public:
  explicit TopP(float mass) : mass_(mass) {}

  void Apply(Candidates& candidates, Random&) override {
    candidates.Softmax();
    candidates.Truncate(SortUntilMass(candidates.list, mass_, Better));
    candidates.sorted = true;
  }

 private:
  const float mass_;
};

StatusOr<std::unique_ptr<Sampler>> Create(const SamplerOptions& options,
                                          uint32_t) {
  TENON_ASSIGN_OR_RETURN(const double mass, options.Get("top_p", 1, 0, 1));
  if (mass == 1) return nullptr;
  return std::make_unique<TopP>(static_cast<float>(mass));
}

constexpr std::string_view kOptions[] = {"top_p"};
constexpr SamplerFactory kFactory{400, SamplerRole::kTruncate, kOptions,
                                  Create};

}  // namespace

extern constinit const Plugin kSamplerTopP{
    "sampler_top_p", "keeps the best that add up to top_p", &kFactory};

}  // namespace tenon
