// Nucleus sampling (Holtzman et al. 2019): keeps the fewest best tokens whose
// probabilities add up to top_p.
#include "tenon/plugin.h"

#include <algorithm>
#include <span>

#include "tenon/math.h"
#include "tenon/sampler.h"

namespace tenon {
namespace {

class TopP : public Sampler {
 public:
  explicit TopP(float mass) : mass_(mass) {}

  void Apply(Candidates& candidates, Random&) override {
    candidates.Softmax();
    const std::span list(candidates.list);
    const size_t likely = GatherLikely(candidates);
    size_t kept = SortUntilMass(list.first(likely), mass_, Better);
    if (kept == likely) kept = SortUntilMass(list, mass_, Better);
    candidates.Truncate(kept);
    candidates.sorted = true;
  }

 private:
  // Moves the candidates that matter to the front and returns how many.  The
  // others have, even together, less probability than top_p leaves out; and by
  // their logits they come last.
  size_t GatherLikely(Candidates& candidates) const {
    const Candidate& best = candidates.Best();
    const float share =
        (1 - mass_) / static_cast<float>(candidates.list.size());
    const float least = best.logit + Log(share / best.p);
    const auto rest = std::ranges::partition(
        candidates.list,
        [least](const Candidate& c) { return c.logit >= least; });
    return candidates.list.size() - rest.size();
  }

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
