// Choosing the next token: a chain of samplers, each a plugin.
#ifndef TENON_SAMPLER_H_
#define TENON_SAMPLER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/registry.h"
#include "tenon/status.h"
#include "tenon/tokenizer.h"

namespace tenon {

// SplitMix64 (Steele, Lea and Flood 2014): eight bytes of state, the same
// numbers everywhere.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() noexcept;
  // Uniform in [0, 1), a multiple of 2^-24.
  float Uniform() noexcept;
  uint64_t state() const noexcept { return state_; }

 private:
  uint64_t state_;
};

struct Candidate {
  TokenId id;
  float logit;
  float p;  // meaningful after Softmax()
};

// The order of candidates: by logit descending, ties by id ascending.
// A lambda, which algorithms inline.
inline constexpr auto Better = [](const Candidate& a,
                                  const Candidate& b) noexcept {
  return a.logit > b.logit || (a.logit == b.logit && a.id < b.id);
};

// The tokens still in the running.  Starts with the whole vocabulary in id
// order; samplers change logits and drop candidates.
struct Candidates {
  std::vector<Candidate> list;  // never empty; no logit is NaN
  bool sorted = false;          // by Better()
  TokenId chosen = -1;          // set by the sampler that decides

  // The whole vocabulary with logits [V].  NaN becomes -infinity.
  void Fill(std::span<const float> logits);
  // Leaves the k best, in order, and at least one.  k >= list.size() sorts
  // everything.
  void KeepBest(size_t k);
  void Sort() { KeepBest(list.size()); }
  // The first by Better().
  const Candidate& Best() const noexcept;
  // p = e^(logit - max) / sum.  Neither needs nor changes the order, and the
  // sum does not depend on it.
  void Softmax() noexcept;
  // Chooses one at random, with probability p, and returns it.
  // REQUIRES: Softmax() since the last change.
  const Candidate& Draw(Random& random) noexcept;
  // Drops all but the first n.
  void Truncate(size_t n) { list.resize(n); }
};

// Sorts only as many `items` as it takes for their p, first to last, to add up
// to `mass`, and returns how many; all of them if the sum stays below.
// `items`: a vector or span.  `before`: a strict total order.
template <typename Items, typename Before>
size_t SortUntilMass(Items&& items, float mass, Before before) {
  const size_t n = items.size();
  float sum = 0;
  for (size_t done = 0, next = 0; done < n; done = next) {
    next = std::min(n, std::max<size_t>(64, 4 * done));
    const auto begin = items.begin();
    if (next < n) {
      std::nth_element(begin + done, begin + next, items.end(), before);
    }
    std::sort(begin + done, begin + next, before);
    for (size_t i = done; i < next; ++i)
      if ((sum += items[i].p) >= mass) return i + 1;
  }
  return n;
}

// One stage.  Keeps what it must remember of the text (penalties, mirostat).
// Threads: one caller.
class Sampler {
 public:
  virtual ~Sampler() = default;
  virtual void Apply(Candidates& candidates, Random& random) = 0;
  // A token became part of the text, from the prompt or from sampling.
  virtual void Accept(TokenId) {}
  // Forgets the text.
  virtual void Reset() {}
};

// Options of all stages by name, e.g. {"temp", 0.8}: out-of-tree samplers read
// theirs the same way.  Names are llama.cpp's flags with '_' for '-'.
struct SamplerOptions {
  std::map<std::string, double, std::less<>> numbers;
  std::map<TokenId, float> logit_bias;
  uint64_t seed = 0;

  double Get(std::string_view name, double otherwise) const;
  // Errors: kInvalidArgument, naming the option, its value and the range, for
  // a number outside [low, high] and, from GetInteger, for a fraction.
  StatusOr<double> Get(std::string_view name, double otherwise, double low,
                       double high) const;
  StatusOr<int64_t> GetInteger(std::string_view name, int64_t otherwise,
                               int64_t low, int64_t high) const;
};

enum class SamplerRole : uint8_t {
  kAdjust,       // changes logits
  kTruncate,     // drops candidates
  kDecide,       // sets `chosen`; the chain ends here
  kDecideAlone,  // decides, and takes the place of all truncation
};

// What a sampler plugin brings.  The plugin's name without "sampler_" is the
// stage's name.
struct SamplerFactory {
  // Where the stage stands in the default chain; stages run in ascending
  // order.  Logit bias 50, penalties 100, top_k 200, typical_p 300, top_p 400,
  // min_p 500, greedy 550, temperature 600, mirostat 800, dist 900.  By the
  // convention of the default chain of llama.cpp.
  int order;
  SamplerRole role;
  // The options that the stage reads, for help and for refusing typos.
  std::span<const std::string_view> options;
  // Returns nullptr when the options leave the stage without effect.
  // Errors: kInvalidArgument, naming the option and its range.
  StatusOr<std::unique_ptr<Sampler>> (*create)(const SamplerOptions& options,
                                               uint32_t vocab_size);
};

// The stages in order, with the one random generator.
//
// Same seed, options and logits give the same tokens on every platform.
// Threads: one caller.
class SamplerChain {
 public:
  // All linked stages that the options bring to life, up to the first that
  // decides.  Temperature 0 is greedy: the best token, the lowest id on a tie.
  // Errors: as the factories; kInvalidArgument for an option that no linked
  // sampler reads; kNotFound if no stage decides.
  static StatusOr<SamplerChain> Create(const Registry& registry,
                                       const SamplerOptions& options,
                                       uint32_t vocab_size);

  // Picks a token.  `logits` [V], raw.  Does not Accept it.  Logits beyond the
  // vocabulary are ignored, missing ones cannot be picked; -1 if there is none.
  TokenId Sample(std::span<const float> logits);
  void Accept(TokenId id);
  void Reset();
  // "penalties -> top_k -> temperature -> dist": the stages that run.
  std::string Describe() const;

 private:
  SamplerChain(uint64_t seed, uint32_t vocab_size);
  Status KeepOneDecider();

  struct Stage {
    std::string_view name;
    SamplerRole role;
    std::unique_ptr<Sampler> sampler;
  };
  std::vector<Stage> stages_;
  uint32_t vocab_size_;
  uint64_t seed_;
  Random random_;
  Candidates candidates_;  // reused, so that sampling does not allocate
};

}  // namespace tenon

#endif  // TENON_SAMPLER_H_
