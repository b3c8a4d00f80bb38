// Keeps the k best tokens.
#include "tenon/plugin.h"

#include <limits>

#include "tenon/sampler.h"

namespace tenon {
namespace {

class TopK : public Sampler {
 public:
  explicit TopK(size_t k) : k_(k) {}

  void Apply(Candidates& candidates, Random&) override {
    candidates.KeepBest(k_);
  }

 private:
  const size_t k_;
};

StatusOr<std::unique_ptr<Sampler>> Create(const SamplerOptions& options,
                                          uint32_t) {
  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  TENON_ASSIGN_OR_RETURN(const int64_t k,
                         options.GetInteger("top_k", 0, 0, kMost));
  if (k == 0) return nullptr;
  return std::make_unique<TopK>(static_cast<size_t>(k));
}

constexpr std::string_view kOptions[] = {"top_k"};
constexpr SamplerFactory kFactory{200, SamplerRole::kTruncate, kOptions,
                                  Create};

}  // namespace

extern constinit const Plugin kSamplerTopK{"sampler_top_k",
                                           "keeps the top_k best", &kFactory};

}  // namespace tenon
