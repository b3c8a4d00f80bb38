// Locally typical sampling (Meister et al. 2022): keeps the fewest tokens whose
// probabilities add up to typical_p, beginning with those whose surprise,
// -ln p, is nearest to the expected one, the entropy.
#include "tenon/plugin.h"

#include "tenon/math.h"
#include "tenon/sampler.h"

namespace tenon {
namespace {

struct Scored {
  Candidate candidate;
  float p;
  float distance;  // | surprise - entropy |
};

bool MoreTypical(const Scored& a, const Scored& b) {
  if (a.distance != b.distance) return a.distance < b.distance;
  return Better(a.candidate, b.candidate);
}

class TypicalP : public Sampler {
 public:
  explicit TypicalP(float mass) : mass_(mass) {}

  void Apply(Candidates& candidates, Random&) override {
    candidates.Softmax();
    const float entropy = ScoreLogs(candidates.list);
    for (Scored& s : scored_) {
      const float excess = -s.distance - entropy;
      s.distance = excess < 0 ? -excess : excess;
    }
    const size_t kept = SortUntilMass(scored_, mass_, MoreTypical);
    candidates.Truncate(kept);
    for (size_t i = 0; i < kept; ++i) candidates.list[i] = scored_[i].candidate;
    candidates.sorted = false;
  }

 private:
  // Puts ln p in the place of the distance.  Returns the entropy, in nats.
  float ScoreLogs(const std::vector<Candidate>& list) {
    double sum = 0;
    scored_.clear();
    for (const Candidate& c : list) {
      const float log = Log(c.p);
      if (c.p > 0) sum -= static_cast<double>(c.p) * log;
      scored_.push_back({c, c.p, log});
    }
    return static_cast<float>(sum);
  }

  const float mass_;
  std::vector<Scored> scored_;  // reused
};

StatusOr<std::unique_ptr<Sampler>> Create(const SamplerOptions& options,
                                          uint32_t) {
  TENON_ASSIGN_OR_RETURN(const double mass, options.Get("typical_p", 1, 0, 1));
  if (mass == 1) return nullptr;
  return std::make_unique<TypicalP>(static_cast<float>(mass));
}

constexpr std::string_view kOptions[] = {"typical_p"};
constexpr SamplerFactory kFactory{300, SamplerRole::kTruncate, kOptions,
                                  Create};

}  // namespace

extern constinit const Plugin kSamplerTypicalP{
    "sampler_typical_p", "keeps the most typical that add up to typical_p",
    &kFactory};

}  // namespace tenon
