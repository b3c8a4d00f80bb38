#include "tenon/sampler.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "tenon/math.h"

namespace tenon {

uint64_t Random::Next() noexcept {
  uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

float Random::Uniform() noexcept {
  return static_cast<float>(Next() >> 40) * 0x1p-24f;
}

void Candidates::Fill(std::span<const float> logits) {
  constexpr float kNever = -std::numeric_limits<float>::infinity();
  list.resize(logits.size());
  for (size_t i = 0; i < logits.size(); ++i) {
    const bool is_nan = logits[i] != logits[i];
    list[i] = {static_cast<TokenId>(i), is_nan ? kNever : logits[i], 0};
  }
  sorted = false;
  chosen = -1;
}

void Candidates::KeepBest(size_t k) {
  k = std::min(std::max<size_t>(k, 1), list.size());
  // A heap of a few beats partitioning everything.
  constexpr size_t kFew = 2048;
  const auto middle = list.begin() + static_cast<ptrdiff_t>(k);
  if (!sorted && k <= kFew) {
    std::partial_sort(list.begin(), middle, list.end(), Better);
  } else if (!sorted) {
    if (k < list.size())
      std::nth_element(list.begin(), middle, list.end(), Better);
    std::sort(list.begin(), middle, Better);
  }
  Truncate(k);
  sorted = true;
}

const Candidate& Candidates::Best() const noexcept {
  const Candidate* best = &list.front();
  for (const Candidate& c : list)
    if (Better(c, *best)) best = &c;
  return *best;
}

void Candidates::Softmax() noexcept {
  const float max = Best().logit;
  constexpr float kOne = 0x1p36f;  // fixed point: any order, the same sum
  int64_t sum = 0;
  for (Candidate& c : list) {
    // The maximum may be infinite, and inf - inf is not 0.
    c.p = c.logit == max ? 1.0f : Exp(c.logit - max);
    sum += static_cast<int64_t>(c.p * kOne);
  }
  const float total = static_cast<float>(sum) / kOne;
  for (Candidate& c : list) c.p /= total;
}

const Candidate& Candidates::Draw(Random& random) noexcept {
  const double target = random.Uniform();
  double reached = 0;
  // Rounding may leave the sum of all p below the target: the last one then.
  const Candidate* drawn = &list.front();
  for (const Candidate& c : list) {
    if (c.p > 0) drawn = &c;
    reached += static_cast<double>(c.p);
    if (reached > target) break;
  }
  chosen = drawn->id;
  return *drawn;
}

double SamplerOptions::Get(std::string_view name, double otherwise) const {
  const auto it = numbers.find(name);
  return it == numbers.end() ? otherwise : it->second;
}

StatusOr<double> SamplerOptions::Get(std::string_view name, double otherwise,
                                     double low, double high) const {
  const double value = Get(name, otherwise);
  if (value >= low && value <= high) return value;
  return absl::InvalidArgumentError(absl::StrCat(
      "'", name, "': ", value, " is outside [", low, ", ", high, "]"));
}

StatusOr<int64_t> SamplerOptions::GetInteger(std::string_view name,
                                             int64_t otherwise, int64_t low,
                                             int64_t high) const {
  const double value = Get(name, static_cast<double>(otherwise));
  if (value >= static_cast<double>(low) && value <= static_cast<double>(high)) {
    const int64_t integer = static_cast<int64_t>(value);
    if (static_cast<double>(integer) == value) return integer;
  }
  return absl::InvalidArgumentError(absl::StrCat("'", name, "': ", value,
                                                 " is not a whole number in [",
                                                 low, ", ", high, "]"));
}

namespace {

// Refuses what no plugin reads.
Status CheckNames(const std::vector<const Plugin*>& plugins,
                  const SamplerOptions& options) {
  std::set<std::string_view> known;
  for (const Plugin* plugin : plugins)
    for (std::string_view name : AsSampler(*plugin).options) known.insert(name);

  std::vector<std::string_view> given;
  if (!options.logit_bias.empty()) given.push_back("logit_bias");
  for (const auto& [name, value] : options.numbers) given.push_back(name);

  for (std::string_view name : given) {
    if (known.contains(name)) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "'", name,
        "': no linked sampler reads this option; the known ones are: ",
        absl::StrJoin(known, ", ")));
  }
  return absl::OkStatus();
}

bool Decides(SamplerRole role) {
  return role == SamplerRole::kDecide || role == SamplerRole::kDecideAlone;
}

}  // namespace

SamplerChain::SamplerChain(uint64_t seed, uint32_t vocab_size)
    : vocab_size_(vocab_size), seed_(seed), random_(seed) {}

StatusOr<SamplerChain> SamplerChain::Create(const Registry& registry,
                                            const SamplerOptions& options,
                                            uint32_t vocab_size) {
  std::vector<const Plugin*> plugins = registry.OfKind(PluginKind::kSampler);
  TENON_RETURN_IF_ERROR(CheckNames(plugins, options));
  std::stable_sort(plugins.begin(), plugins.end(),
                   [](const Plugin* a, const Plugin* b) {
                     return AsSampler(*a).order < AsSampler(*b).order;
                   });
  SamplerChain chain(options.seed, vocab_size);
  for (const Plugin* plugin : plugins) {
    const SamplerFactory& factory = AsSampler(*plugin);
    TENON_ASSIGN_OR_RETURN(std::unique_ptr<Sampler> sampler,
                           factory.create(options, vocab_size));
    if (sampler == nullptr) continue;
    chain.stages_.push_back({absl::StripPrefix(plugin->name, "sampler_"),
                             factory.role, std::move(sampler)});
  }
  TENON_RETURN_IF_ERROR(chain.KeepOneDecider());
  return chain;
}

Status SamplerChain::KeepOneDecider() {
  const auto decider =
      std::find_if(stages_.begin(), stages_.end(),
                   [](const Stage& stage) { return Decides(stage.role); });
  if (decider == stages_.end()) {
    return absl::NotFoundError(
        "samplers: none of the linked ones decides on a token; link "
        "sampler_dist");
  }
  const bool alone = decider->role == SamplerRole::kDecideAlone;
  stages_.erase(decider + 1, stages_.end());
  if (alone) {
    std::erase_if(stages_, [](const Stage& stage) {
      return stage.role == SamplerRole::kTruncate;
    });
  }
  return absl::OkStatus();
}

TokenId SamplerChain::Sample(std::span<const float> logits) {
  candidates_.Fill(logits.first(std::min<size_t>(logits.size(), vocab_size_)));
  if (candidates_.list.empty()) return -1;
  for (Stage& stage : stages_) stage.sampler->Apply(candidates_, random_);
  return candidates_.chosen;
}

void SamplerChain::Accept(TokenId id) {
  for (Stage& stage : stages_) stage.sampler->Accept(id);
}

void SamplerChain::Reset() {
  for (Stage& stage : stages_) stage.sampler->Reset();
  random_ = Random(seed_);
}

std::string SamplerChain::Describe() const {
  return absl::StrJoin(stages_, " -> ", [](std::string* out, const Stage& s) {
    absl::StrAppend(out, s.name);
  });
}

}  // namespace tenon
