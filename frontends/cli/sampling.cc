#include "cli/sampling.h"

#include <algorithm>
#include <chrono>

#include "CLI/CLI.hpp"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace tenon::cli {
namespace {

struct Flag {
  const char* flag;
  const char* name;  // as samplers read it
  double otherwise;
  const char* help;
};

constexpr Flag kFlags[] = {
    {"--temp", "temp", 0.8, "Temperature; 0: always the best token"},
    {"--top-k", "top_k", 40, "Keep the N best tokens; 0: all"},
    {"--top-p", "top_p", 0.95, "Keep the best tokens of this total; 1: all"},
    {"--min-p", "min_p", 0.05,
     "Keep tokens at least this likely, relative to the best; 0: all"},
    {"--typical,--typical-p", "typical_p", 1.0,
     "Locally typical sampling; 1: off"},
    {"--repeat-penalty", "repeat_penalty", 1.0,
     "Penalty of repeated tokens; 1: none"},
    {"--repeat-last-n", "repeat_last_n", 64,
     "Tokens that penalties look at; 0: none, -1: all"},
    {"--presence-penalty", "presence_penalty", 0.0,
     "Penalty of tokens that occurred; 0: none"},
    {"--frequency-penalty", "frequency_penalty", 0.0,
     "Penalty for each time that a token occurred; 0: none"},
    {"--mirostat", "mirostat", 0, "2: Mirostat 2.0 decides; 0: off"},
    {"--mirostat-ent", "mirostat_tau", 5.0, "Mirostat's target entropy"},
    {"--mirostat-lr", "mirostat_eta", 0.1, "Mirostat's learning rate"},
};

bool IsRead(const Registry& registry, std::string_view name) {
  for (const Plugin* plugin : registry.OfKind(PluginKind::kSampler))
    if (std::ranges::count(AsSampler(*plugin).options, name) > 0) return true;
  return false;
}

// "15043-1.5" -> biases[15043] = -1.5
Status ParseLogitBias(const std::string& text, SamplerOptions& result) {
  const size_t sign = std::min(text.find_first_of("+-"), text.size());
  TokenId id;
  float bias;
  if (!absl::SimpleAtoi(text.substr(0, sign), &id) ||
      !absl::SimpleAtof(text.substr(sign), &bias))
    return absl::InvalidArgumentError(absl::StrCat(
        "--logit-bias: '", text, "' is not of the form ID+N or ID-N"));
  result.logit_bias[id] = bias;
  return Status();
}

// "xtc_threshold=0.1" -> numbers["xtc_threshold"] = 0.1
Status ParseOther(const std::string& text, SamplerOptions& result) {
  const size_t equals = std::min(text.find('='), text.size());
  double value;
  if (equals == text.size() ||
      !absl::SimpleAtod(text.substr(equals + 1), &value))
    return absl::InvalidArgumentError(
        absl::StrCat("--sampling: '", text, "' is not of the form NAME=N"));
  result.numbers[text.substr(0, equals)] = value;
  return Status();
}

uint32_t SeedFromClock() {
  const auto ticks =
      std::chrono::system_clock::now().time_since_epoch().count();
  return static_cast<uint32_t>(Random(static_cast<uint64_t>(ticks)).Next());
}

}  // namespace

void AddSamplingOptions(CLI::App& command, SamplingOptions& options) {
  CLI::Option_group* group = command.add_option_group("Sampling");
  group->add_option("-s,--seed", options.seed, "Seed; -1: a new one each time")
      ->check(CLI::Range(int64_t{-1}, INT64_MAX))
      ->capture_default_str();
  for (const Flag& flag : kFlags)
    group
        ->add_option_function<double>(
            flag.flag,
            [&options, name = flag.name](const double& value) {
              options.given[name] = value;
            },
            flag.help)
        ->type_name("N")
        ->default_str(absl::StrFormat("%g", flag.otherwise));
  group
      ->add_option("--logit-bias", options.logit_biases,
                   "ID+N or ID-N: add N to the logit of token ID")
      ->allow_extra_args(false);
  group
      ->add_option("--sampling", options.others,
                   "NAME=N: an option of a sampler that has no flag here")
      ->allow_extra_args(false);
}

StatusOr<SamplerOptions> ToSamplerOptions(const Registry& registry,
                                          const SamplingOptions& options) {
  SamplerOptions result;
  for (const Flag& flag : kFlags)
    if (IsRead(registry, flag.name)) result.numbers[flag.name] = flag.otherwise;
  for (const auto& [name, value] : options.given) result.numbers[name] = value;
  for (const std::string& text : options.logit_biases)
    TENON_RETURN_IF_ERROR(ParseLogitBias(text, result));
  for (const std::string& text : options.others)
    TENON_RETURN_IF_ERROR(ParseOther(text, result));
  result.seed =
      options.seed >= 0 ? static_cast<uint64_t>(options.seed) : SeedFromClock();
  return result;
}

}  // namespace tenon::cli
