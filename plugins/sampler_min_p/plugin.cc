// Keeps tokens that are at least min_p times as likely as the best (Nguyen et
// al. 2024).
#include "tenon/plugin.h"

#include "tenon/math.h"
#include "tenon/sampler.h"

namespace tenon {
namespace {

class MinP : public Sampler {
 public:
  explicit MinP(float ratio) : distance_(Log(ratio)) {}

  // p >= ratio * p_best, in logits: no softmax, no order needed.
  void Apply(Candidates& candidates, Random&) override {
    const float least = candidates.Best().logit + distance_;
    std::erase_if(candidates.list,
                  [least](const Candidate& c) { return c.logit < least; });
  }

 private:
  const float distance_;  // from the best logit, <= 0
};

StatusOr<std::unique_ptr<Sampler>> Create(const SamplerOptions& options,
                                          uint32_t) {
  TENON_ASSIGN_OR_RETURN(const double ratio, options.Get("min_p", 0, 0, 1));
  if (ratio == 0) return nullptr;
  return std::make_unique<MinP>(static_cast<float>(ratio));
}

constexpr std::string_view kOptions[] = {"min_p"};
constexpr SamplerFactory kFactory{500, SamplerRole::kTruncate, kOptions,
                                  Create};

}  // namespace

extern constinit const Plugin kSamplerMinP{
    "sampler_min_p", "drops what is less likely than min_p times the best",
    &kFactory};

}  // namespace tenon
