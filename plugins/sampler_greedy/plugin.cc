// Takes the best token, the lowest id on a tie, when the temperature is not
// above 0.
#include "tenon/plugin.h"

#include "tenon/sampler.h"

namespace tenon {
namespace {

class Greedy : public Sampler {
 public:
  void Apply(Candidates& candidates, Random&) override {
    candidates.chosen = candidates.Best().id;
  }
};

StatusOr<std::unique_ptr<Sampler>> Create(const SamplerOptions& options,
                                          uint32_t) {
  if (options.Get("temp", 1) > 0) return nullptr;
  return std::make_unique<Greedy>();
}

constexpr std::string_view kOptions[] = {"temp"};
constexpr SamplerFactory kFactory{550, SamplerRole::kDecideAlone, kOptions,
                                  Create};

}  // namespace

extern constinit const Plugin kSamplerGreedy{
    "sampler_greedy", "the best token, at temperature 0", &kFactory};

}  // namespace tenon
