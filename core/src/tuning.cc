#include "tenon/tuning.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace tenon {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

std::optional<Tuning::Sample> ParseSample(std::string_view text) {
  const Pair pair = absl::StrSplit(text, absl::MaxSplits('=', 1));
  uint32_t threads, microseconds;
  if (!absl::SimpleAtoi(pair.first, &threads) ||
      !absl::SimpleAtoi(pair.second, &microseconds))
    return std::nullopt;
  return Tuning::Sample{threads, microseconds / 1e3};
}

// One thread first, then more and more, and the choice among them.
bool IsValid(const Tuning& tuning) {
  const auto& samples = tuning.samples;
  return !samples.empty() && samples.front().threads == 1 &&
         std::ranges::is_sorted(samples, std::ranges::less_equal(),
                                &Tuning::Sample::threads) &&
         std::ranges::count(samples, tuning.threads,
                            &Tuning::Sample::threads) == 1;
}

}  // namespace

std::string ToText(const Tuning& tuning) {
  return absl::StrCat(
      tuning.threads, ": ",
      absl::StrJoin(tuning.samples, " ",
                    [](std::string* out, const Tuning::Sample& sample) {
                      absl::StrAppend(out, sample.threads, "=",
                                      std::llround(sample.milliseconds * 1e3));
                    }));
}

std::optional<Tuning> ParseTuning(std::string_view text) {
  const Pair parts = absl::StrSplit(text, absl::MaxSplits(": ", 1));
  Tuning tuning;
  if (!absl::SimpleAtoi(parts.first, &tuning.threads)) return std::nullopt;
  for (std::string_view part : absl::StrSplit(parts.second, ' ')) {
    const auto sample = ParseSample(part);
    if (!sample) return std::nullopt;
    tuning.samples.push_back(*sample);
  }
  if (!IsValid(tuning)) return std::nullopt;
  return tuning;
}

}  // namespace tenon
