// Adds to the logits of chosen tokens; -infinity bans a token.
#include "tenon/plugin.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "tenon/sampler.h"

namespace tenon {
namespace {

class LogitBias : public Sampler {
 public:
  explicit LogitBias(std::vector<float> bias) : bias_(std::move(bias)) {}

  void Apply(Candidates& candidates, Random&) override {
    for (Candidate& c : candidates.list)
      c.logit += bias_[static_cast<size_t>(c.id)];
    candidates.sorted = false;
  }

 private:
  const std::vector<float> bias_;  // [V]
};

Status Check(TokenId id, float bias, uint32_t vocab_size) {
  if (id < 0 || static_cast<uint32_t>(id) >= vocab_size) {
    return absl::InvalidArgumentError(
        absl::StrCat("'logit_bias': token ", id,
                     " is not in the vocabulary of ", vocab_size));
  }
  if (!(bias <= std::numeric_limits<float>::max())) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'logit_bias': ", bias, " for token ", id, " is not a finite number"));
  }
  return absl::OkStatus();
}

StatusOr<std::unique_ptr<Sampler>> Create(const SamplerOptions& options,
                                          uint32_t vocab_size) {
  if (options.logit_bias.empty()) return nullptr;
  std::vector<float> biases(vocab_size);
  for (const auto& [id, bias] : options.logit_bias) {
    TENON_RETURN_IF_ERROR(Check(id, bias, vocab_size));
    biases[static_cast<size_t>(id)] = bias;
  }
  return std::make_unique<LogitBias>(std::move(biases));
}

constexpr std::string_view kOptions[] = {"logit_bias"};
constexpr SamplerFactory kFactory{50, SamplerRole::kAdjust, kOptions, Create};

}  // namespace

extern constinit const Plugin kSamplerLogitBias{
    "sampler_logit_bias", "adds to the logits of chosen tokens", &kFactory};

}  // namespace tenon
