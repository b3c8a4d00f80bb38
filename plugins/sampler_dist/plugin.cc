// Draws from the distribution that the other stages leave.
#include "tenon/plugin.h"

#include "tenon/sampler.h"

namespace tenon {
namespace {

class Dist : public Sampler {
 public:
  void Apply(Candidates& candidates, Random& random) override {
    candidates.Softmax();
    candidates.Draw(random);
  }
};

StatusOr<std::unique_ptr<Sampler>> Create(const SamplerOptions&, uint32_t) {
  return std::make_unique<Dist>();
}

constexpr SamplerFactory kFactory{900, SamplerRole::kDecide, {}, Create};

}  // namespace

extern constinit const Plugin kSamplerDist{
    "sampler_dist", "draws from what the other samplers leave", &kFactory};

}  // namespace tenon
