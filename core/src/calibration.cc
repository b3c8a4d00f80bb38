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
constexpr std::chrono::milliseconds kForThreads{250}, kForTiles{100};

// What a core's own cache has: 0 for a few MB, the least for phones.
constexpr uint32_t kTileKib[] = {0, 320, 128};

struct Trial {
  uint32_t value;
  std::vector<double> milliseconds = {};
};

std::vector<Trial> ThreadTrials(uint32_t most) {
  std::vector<Trial> trials;
  for (uint32_t threads = 1; threads < most; threads *= 2)
    trials.push_back({threads});
  trials.push_back({most});
  return trials;
}

std::vector<Trial> TileTrials() {
  std::vector<Trial> trials;
  for (uint32_t kib : kTileKib) trials.push_back({kib});
  return trials;
}

double Median(std::vector<double> x) {
  const auto middle = x.begin() + static_cast<ptrdiff_t>(x.size() / 2);
  std::ranges::nth_element(x, middle);
  return *middle;
}

// The beginning of a text, of one token again and again.
class Text {
 public:
  Text(Workspace space, uint32_t most_tokens)
      : space_(std::move(space)), ids_(most_tokens) {
    std::ranges::fill(space_.activations.bytes(), std::byte{0});
  }

  StepContext Step(uint32_t tokens) {
    return {tokens,
            tokens,
            0,
            ids_.data(),
            space_.activations.data(),
            space_.state_bases.data()};
  }

  double Run(const Plan& plan, const StepContext& ctx, Executor& executor) {
    const auto start = Clock::now();
    executor.Run(plan, ctx, space_.scratch());
    return Milliseconds(Clock::now() - start).count();
  }

 private:
  Workspace space_;
  std::vector<TokenId> ids_;
};

// The first steps, as many as one thread does in kSlice.  Reads their weights
// on the way, which a mapped file brings into memory only then.
Plan Slice(const Plan& plan, Text& text, Executor& executor) {
  Plan slice;
  executor.Limit(1);
  const auto end = Clock::now() + kSlice;
  for (const Step& step : plan.steps) {
    slice.steps.push_back(step);
    text.Run({.steps = {step}}, text.Step(1), executor);
    if (Clock::now() >= end) break;
  }
  return slice;
}

// The matrix with the longest rows, whose tokens take the most room.
Plan LongestRows(const Plan& plan) {
  const auto cols = [](const Step& step) { return step.args->weight[0].cols; };
  const auto longest = std::ranges::max_element(plan.steps, {}, cols);
  return longest == plan.steps.end() ? Plan() : Plan{.steps = {*longest}};
}

// In turn, so that a machine that gets slower does so for all, there and back,
// so that each follows each neighbour.  `run` returns the milliseconds that it
// took with a value.
template <typename F>
void Measure(std::span<Trial> trials, std::chrono::milliseconds time,
             const std::atomic<bool>* cancel, const F& run) {
  constexpr int kMostRounds = 100;
  const auto end = Clock::now() + time;
  for (int round = 0; round < kMostRounds; ++round) {
    for (size_t i = 0; i < trials.size(); ++i) {
      Trial& trial = trials[round % 2 == 0 ? i : trials.size() - 1 - i];
      if (cancel != nullptr && cancel->load()) return;
      if (round > 0 && Clock::now() >= end) return;
      trial.milliseconds.push_back(run(trial.value));
    }
  }
}

// What a text of Tuning holds.
double ToWholeMicroseconds(double milliseconds) {
  return std::ceil(milliseconds * 1e3) / 1e3;
}

StatusOr<Tuning::Choice> Conclude(std::span<const Trial> trials) {
  Tuning::Choice choice;
  for (const Trial& trial : trials)
    if (!trial.milliseconds.empty())
      choice.samples.push_back(
          {trial.value, ToWholeMicroseconds(Median(trial.milliseconds))});
  if (choice.samples.empty()) return absl::CancelledError("stopped");
  choice.value = FirstOfTheFastest(choice.samples);
  return choice;
}

StatusOr<Tuning::Choice> MeasureThreads(const Plan& decode, Text& text,
                                        Executor& executor,
                                        const std::atomic<bool>* cancel) {
  const uint32_t most = executor.workers();
  std::vector<Trial> trials = ThreadTrials(most);
  const Plan slice = Slice(decode, text, executor);
  Measure(trials, kForThreads, cancel, [&](uint32_t threads) {
    executor.Limit(threads);
    return text.Run(slice, text.Step(1), executor);
  });
  auto choice = Conclude(trials);
  executor.Limit(choice.ok() ? choice->value : most);
  return choice;
}

StatusOr<Tuning::Choice> MeasureTiles(const Plan& prefill, Text& text,
                                      Executor& executor,
                                      const std::atomic<bool>* cancel) {
  std::vector<Trial> trials = TileTrials();
  const Plan matrix = LongestRows(prefill);
  StepContext step = text.Step(prefill.max_tokens);
  Measure(trials, kForTiles, cancel, [&](uint32_t kib) {
    step.tile_bytes = TileBytes(kib);
    return text.Run(matrix, step, executor);
  });
  return Conclude(trials);
}

}  // namespace

uint32_t FirstOfTheFastest(std::span<const Tuning::Sample> samples) {
  const double fastest =
      std::ranges::min(samples, {}, &Tuning::Sample::milliseconds).milliseconds;
  return std::ranges::find_if(samples,
                              [fastest](const Tuning::Sample& sample) {
                                return sample.milliseconds <= 1.05 * fastest;
                              })
      ->value;
}

StatusOr<Tuning> Calibrate(const BoundGraph& bound, Executor& executor,
                           const std::atomic<bool>* cancel) {
  const uint32_t tokens = bound.prefill.max_tokens;
  TENON_ASSIGN_OR_RETURN(
      Workspace space, Workspace::Allocate(bound, tokens, executor.workers()));
  Text text(std::move(space), tokens);
  TENON_ASSIGN_OR_RETURN(auto threads,
                         MeasureThreads(bound.decode, text, executor, cancel));
  TENON_ASSIGN_OR_RETURN(auto tile_kib,
                         MeasureTiles(bound.prefill, text, executor, cancel));
  return Tuning{std::move(threads), std::move(tile_kib)};
}

}  // namespace tenon
