// Mirostat 2 (Basu et al. 2020): holds the surprise of the text, in bits per
// token, near mirostat_tau.
//
// Drops tokens whose surprise is above mu, draws, and moves mu against the
// error of what it drew: mu -= eta * (surprise - tau), from mu = 2 tau on.
#include "tenon/plugin.h"

#include "tenon/math.h"
#include "tenon/sampler.h"

namespace tenon {
namespace {

constexpr float kLn2 = 0.693147181f;

class MirostatV2 : public Sampler {
 public:
  MirostatV2(float tau, float eta) : tau_(tau), eta_(eta) { Reset(); }

  void Apply(Candidates& candidates, Random& random) override {
    DropSurprising(candidates);
    candidates.Softmax();
    const float surprise = -Log(candidates.Draw(random).p) / kLn2;
    mu_ -= eta_ * (surprise - tau_);
  }

  void Reset() override { mu_ = 2 * tau_; }

 private:
  // Keeps p >= 2^-mu, and the best in any case.
  void DropSurprising(Candidates& candidates) const {
    candidates.Softmax();
    const Candidate best = candidates.Best();
    const float least = std::min(best.p, Exp(-mu_ * kLn2));
    std::erase_if(candidates.list,
                  [least](const Candidate& c) { return c.p < least; });
  }

  const float tau_, eta_;
  float mu_;
};

StatusOr<std::unique_ptr<Sampler>> Create(const SamplerOptions& options,
                                          uint32_t) {
  TENON_ASSIGN_OR_RETURN(const int64_t version,
                         options.GetInteger("mirostat", 0, 0, 2));
  TENON_ASSIGN_OR_RETURN(const double tau,
                         options.Get("mirostat_tau", 5, 0, 100));
  TENON_ASSIGN_OR_RETURN(const double eta,
                         options.Get("mirostat_eta", 0.1, 0, 1));
  if (version == 0) return nullptr;
  if (version == 1) {
    return absl::InvalidArgumentError(
        "'mirostat': version 1 is not offered; 0 is off, 2 is version 2");
  }
  return std::make_unique<MirostatV2>(static_cast<float>(tau),
                                      static_cast<float>(eta));
}

constexpr std::string_view kOptions[] = {"mirostat", "mirostat_tau",
                                         "mirostat_eta"};
constexpr SamplerFactory kFactory{800, SamplerRole::kDecideAlone, kOptions,
                                  Create};

}  // namespace

extern constinit const Plugin kSamplerMirostatV2{
    "sampler_mirostat_v2", "holds the surprise of the text near mirostat_tau",
    &kFactory};

}  // namespace tenon
