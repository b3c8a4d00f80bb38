// Makes tokens that the text already has less likely (Keskar et al. 2019, and
// the two penalties of OpenAI's API).
//
// For a token that occurs n > 0 times in the last repeat_last_n tokens:
//   logit = logit > 0 ? logit / repeat_penalty : logit * repeat_penalty
//   logit -= n * frequency_penalty + presence_penalty
#include "tenon/plugin.h"

#include <limits>

#include "tenon/sampler.h"

namespace tenon {
namespace {

struct Penalty {
  float repeat, frequency, presence;
};

class Penalties : public Sampler {
 public:
  // `last_n` > 0, or -1 for the whole text.
  Penalties(const Penalty& penalty, int64_t last_n, uint32_t vocab_size)
      : penalty_(penalty), last_n_(last_n), count_(vocab_size) {}

  void Apply(Candidates& candidates, Random&) override {
    for (Candidate& c : candidates.list) {
      const uint32_t n = count_[static_cast<size_t>(c.id)];
      if (n == 0) continue;
      c.logit =
          c.logit > 0 ? c.logit / penalty_.repeat : c.logit * penalty_.repeat;
      c.logit -= static_cast<float>(n) * penalty_.frequency + penalty_.presence;
    }
    candidates.sorted = false;
  }

  void Accept(TokenId id) override {
    if (id < 0 || static_cast<size_t>(id) >= count_.size()) return;
    ++count_[static_cast<size_t>(id)];
    if (last_n_ > 0) Remember(id);
  }

  void Reset() override {
    std::fill(count_.begin(), count_.end(), 0);
    window_.clear();
    oldest_ = 0;
  }

 private:
  // Puts `id` into the window, a ring, and forgets what falls out of it.
  void Remember(TokenId id) {
    if (static_cast<int64_t>(window_.size()) < last_n_) {
      window_.push_back(id);
      return;
    }
    --count_[static_cast<size_t>(std::exchange(window_[oldest_], id))];
    oldest_ = (oldest_ + 1) % window_.size();
  }

  const Penalty penalty_;
  const int64_t last_n_;
  std::vector<uint32_t> count_;  // [V], in the window
  std::vector<TokenId> window_;
  size_t oldest_ = 0;  // in a full window
};

StatusOr<std::unique_ptr<Sampler>> Create(const SamplerOptions& options,
                                          uint32_t vocab_size) {
  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  TENON_ASSIGN_OR_RETURN(const double repeat,
                         options.Get("repeat_penalty", 1, 0.01, 100));
  TENON_ASSIGN_OR_RETURN(const double frequency,
                         options.Get("frequency_penalty", 0, -100, 100));
  TENON_ASSIGN_OR_RETURN(const double presence,
                         options.Get("presence_penalty", 0, -100, 100));
  TENON_ASSIGN_OR_RETURN(const int64_t last_n,
                         options.GetInteger("repeat_last_n", 64, -1, kMost));
  const bool neutral = repeat == 1 && frequency == 0 && presence == 0;
  if (neutral || last_n == 0) return nullptr;
  const Penalty penalty{static_cast<float>(repeat),
                        static_cast<float>(frequency),
                        static_cast<float>(presence)};
  return std::make_unique<Penalties>(penalty, last_n, vocab_size);
}

constexpr std::string_view kOptions[] = {
    "repeat_penalty", "repeat_last_n", "frequency_penalty", "presence_penalty"};
constexpr SamplerFactory kFactory{100, SamplerRole::kAdjust, kOptions, Create};

}  // namespace

extern constinit const Plugin kSamplerPenalties{
    "sampler_penalties", "makes tokens that the text already has less likely",
    &kFactory};

}  // namespace tenon
