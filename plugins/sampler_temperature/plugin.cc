// Divides logits by temp: above 1 evens the distribution out, below 1 sharpens
// it.
#include "tenon/plugin.h"

#include <limits>

#include "tenon/sampler.h"

namespace tenon {
namespace {

class Temperature : public Sampler {
 public:
  explicit Temperature(float temp) : temp_(temp) {}

  // Measures from the best, which changes no probability: then nothing
  // overflows, and temperature 0 leaves the best alone above -infinity.
  void Apply(Candidates& candidates, Random&) override {
    const float best = candidates.Best().logit;
    for (Candidate& c : candidates.list)
      c.logit = c.logit == best ? 0.0f : (c.logit - best) / temp_;
  }

 private:
  const float temp_;  // >= 0
};

StatusOr<std::unique_ptr<Sampler>> Create(const SamplerOptions& options,
                                          uint32_t) {
  constexpr double kMost = std::numeric_limits<float>::max();
  TENON_ASSIGN_OR_RETURN(const double temp,
                         options.Get("temp", 1, -kMost, kMost));
  if (temp == 1) return nullptr;
  return std::make_unique<Temperature>(static_cast<float>(std::max(temp, 0.0)));
}

constexpr std::string_view kOptions[] = {"temp"};
constexpr SamplerFactory kFactory{600, SamplerRole::kAdjust, kOptions, Create};

}  // namespace

extern constinit const Plugin kSamplerTemperature{
    "sampler_temperature", "divides logits by temp", &kFactory};

}  // namespace tenon
