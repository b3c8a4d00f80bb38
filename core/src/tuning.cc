#include "tenon/tuning.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tenon/kernel.h"

namespace tenon {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

std::string ToText(const Tuning::Choice& choice) {
  return absl::StrCat(
      choice.value, ": ",
      absl::StrJoin(choice.samples, " ",
                    [](std::string* out, const Tuning::Sample& sample) {
                      absl::StrAppend(out, sample.value, "=",
                                      std::llround(sample.milliseconds * 1e3));
                    }));
}

std::optional<Tuning::Sample> ParseSample(std::string_view text) {
  const Pair pair = absl::StrSplit(text, absl::MaxSplits('=', 1));
  uint32_t value, microseconds;
  if (!absl::SimpleAtoi(pair.first, &value) ||
      !absl::SimpleAtoi(pair.second, &microseconds))
    return std::nullopt;
  return Tuning::Sample{value, microseconds / 1e3};
}

// Samples from `first` on, each once, and the choice among them.
std::optional<Tuning::Choice> ParseChoice(std::string_view text,
                                          uint32_t first) {
  const Pair parts = absl::StrSplit(text, absl::MaxSplits(": ", 1));
  Tuning::Choice choice;
  if (!absl::SimpleAtoi(parts.first, &choice.value)) return std::nullopt;
  for (std::string_view part : absl::StrSplit(parts.second, ' ')) {
    const auto sample = ParseSample(part);
    if (!sample) return std::nullopt;
    choice.samples.push_back(*sample);
  }
  const bool chosen = std::ranges::count(choice.samples, choice.value,
                                         &Tuning::Sample::value) == 1;
  if (!chosen || choice.samples.front().value != first) return std::nullopt;
  return choice;
}

}  // namespace

uint32_t TileBytes(uint32_t tile_kib) {
  constexpr uint32_t kKib = 1024;
  const bool has_limit = tile_kib > 0 && tile_kib <= kNoTileLimit / kKib;
  return has_limit ? tile_kib * kKib : kNoTileLimit;
}

std::string ToText(const Tuning& tuning) {
  return absl::StrCat(ToText(tuning.threads), "; ", ToText(tuning.tile_kib));
}

std::optional<Tuning> ParseTuning(std::string_view text) {
  const Pair parts = absl::StrSplit(text, absl::MaxSplits("; ", 1));
  auto threads = ParseChoice(parts.first, /*first=*/1);
  auto tile_kib = ParseChoice(parts.second, /*first=*/0);
  if (!threads || !tile_kib) return std::nullopt;
  if (!std::ranges::is_sorted(threads->samples, std::ranges::less_equal(),
                              &Tuning::Sample::value))
    return std::nullopt;
  return Tuning{*std::move(threads), *std::move(tile_kib)};
}

}  // namespace tenon
