#include "src/calibration.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "src/workspace.h"
#include "tenon/tokenizer.h"

namespace tenon {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

// Longer than what a core's cache holds, so that weights come from memory as
// they do for a whole token.
constexpr std::chrono::milliseconds kSlice{20};
constexpr std::chrono::milliseconds kAll{250};

struct Trial {
  uint32_t threads;
  std::vector<double> milliseconds = {};
};

std::vector<Trial> Trials(uint32_t most) {
  std::vector<Trial> trials;
  for (uint32_t threads = 1; threads < most; threads *= 2)
    trials.push_back({threads});
  trials.push_back({most});
  return trials;
}

double Median(std::vector<double> x) {
  const auto middle = x.begin() + static_cast<ptrdiff_t>(x.size() / 2);
  std::ranges::nth_element(x, middle);
  return *middle;
}

// One token at the beginning of a text.
class Token {
 public:
  explicit Token(Workspace space) : space_(std::move(space)) {}

  double Run(const Plan& plan, Executor& executor) {
    const auto start = Clock::now();
    executor.Run(plan, ctx_, space_.scratch());
    return Milliseconds(Clock::now() - start).count();
  }

 private:
  Workspace space_;
  const TokenId id_ = 0;
  const StepContext ctx_{
      1, 1, 0, &id_, space_.activations.data(), space_.state_bases.data()};
};

// The first steps, as many as one thread does in kSlice.  Reads their weights
// on the way, which a mapped file brings into memory only then.
Plan Slice(const Plan& plan, Token& token, Executor& executor) {
  Plan slice;
  executor.Limit(1);
  const auto end = Clock::now() + kSlice;
  for (const Step& step : plan.steps) {
    slice.steps.push_back(step);
    token.Run({.steps = {step}}, executor);
    if (Clock::now() >= end) break;
  }
  return slice;
}

// In turn, so that a machine that gets slower does so for all.
void Measure(std::span<Trial> trials, Token& token, const Plan& plan,
             Executor& executor, const std::atomic<bool>* cancel) {
  constexpr int kMostRounds = 100;
  const auto end = Clock::now() + kAll;
  for (int round = 0; round < kMostRounds; ++round) {
    for (Trial& trial : trials) {
      if (cancel != nullptr && cancel->load()) return;
      if (round > 0 && Clock::now() >= end) return;
      executor.Limit(trial.threads);
      trial.milliseconds.push_back(token.Run(plan, executor));
    }
  }
}

// What a text of Tuning holds.
double ToWholeMicroseconds(double milliseconds) {
  return std::ceil(milliseconds * 1e3) / 1e3;
}

StatusOr<Tuning> Conclude(std::span<const Trial> trials) {
  Tuning tuning;
  for (const Trial& trial : trials)
    if (!trial.milliseconds.empty())
      tuning.samples.push_back(
          {trial.threads, ToWholeMicroseconds(Median(trial.milliseconds))});
  if (tuning.samples.empty()) return absl::CancelledError("stopped");
  tuning.threads = FewestOfTheFastest(tuning.samples);
  return tuning;
}

}  // namespace

uint32_t FewestOfTheFastest(std::span<const Tuning::Sample> samples) {
  const double fastest =
      std::ranges::min(samples, {}, &Tuning::Sample::milliseconds).milliseconds;
  return std::ranges::find_if(samples,
                              [fastest](const Tuning::Sample& sample) {
                                return sample.milliseconds <= 1.05 * fastest;
                              })
      ->threads;
}

StatusOr<Tuning> Calibrate(const BoundGraph& bound, Executor& executor,
                           const std::atomic<bool>* cancel) {
  const uint32_t most = executor.workers();
  TENON_ASSIGN_OR_RETURN(Workspace space,
                         Workspace::Allocate(bound, /*positions=*/1, most));
  Token token(std::move(space));
  std::vector<Trial> trials = Trials(most);
  const Plan slice = Slice(bound.decode, token, executor);
  Measure(trials, token, slice, executor, cancel);
  auto tuning = Conclude(trials);
  executor.Limit(tuning.ok() ? tuning->threads : most);
  return tuning;
}

}  // namespace tenon
