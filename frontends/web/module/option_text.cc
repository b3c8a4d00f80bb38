#include "web/module/option_text.h"

#include <bit>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace tenon::web {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

StatusOr<std::vector<Pair>> SplitPairs(std::string_view text) {
  std::vector<Pair> pairs;
  for (std::string_view part : absl::StrSplit(text, ';', absl::SkipEmpty())) {
    const size_t equals = part.find('=');
    if (equals == part.npos)
      return absl::InvalidArgumentError(
          absl::StrCat("option '", part, "' is not of the form KEY=VALUE"));
    pairs.emplace_back(part.substr(0, equals), part.substr(equals + 1));
  }
  return pairs;
}

Status Wrong(const Pair& option, std::string_view takes) {
  return absl::InvalidArgumentError(
      absl::StrCat(option.first, ": '", option.second, "' is not ", takes));
}

Status SetLoadOption(const Pair& option, LoadOptions& options) {
  const auto [key, value] = option;
  if (key == "activations") {
    if (value != "int8" && value != "f32") return Wrong(option, "int8 or f32");
    options.activations =
        value == "f32" ? Activations::kF32 : Activations::kInt8;
  } else if (key == "cache") {
    if (value != "f16" && value != "f32") return Wrong(option, "f16 or f32");
    options.cache = value == "f32" ? DType::kF32 : DType::kF16;
  } else if (key == "backends") {
    options.backends = absl::StrSplit(value, ',', absl::SkipEmpty());
  } else if (key == "threads" || key == "most_threads") {
    if (!absl::SimpleAtoi(
            value, key == "threads" ? &options.threads : &options.most_threads))
      return Wrong(option, "a number of threads");
  } else {
    return absl::InvalidArgumentError(
        absl::StrCat("there is no option '", key, "'"));
  }
  return absl::OkStatus();
}

// A number's 64 bits as an integer: exact, and without the tables that decimal
// fractions need.
bool ParseNumber(std::string_view text, double* number) {
  uint64_t bits;
  if (!absl::SimpleAtoi(text, &bits)) return false;
  *number = std::bit_cast<double>(bits);
  return true;
}

// Token ids with their numbers: "15:4609434218613702656,7:..."
Status AddLogitBias(const Pair& option, SamplerOptions& options) {
  for (std::string_view part :
       absl::StrSplit(option.second, ',', absl::SkipEmpty())) {
    const Pair bias = absl::StrSplit(part, absl::MaxSplits(':', 1));
    TokenId id;
    double number;
    if (!absl::SimpleAtoi(bias.first, &id) ||
        !ParseNumber(bias.second, &number))
      return Wrong(option, "a list of ID:NUMBER");
    options.logit_bias[id] = static_cast<float>(number);
  }
  return absl::OkStatus();
}

Status SetSamplerOption(const Pair& option, SamplerOptions& options) {
  const auto [key, value] = option;
  if (key == "logit_bias") return AddLogitBias(option, options);
  if (key == "seed")
    return absl::SimpleAtoi(value, &options.seed) ? absl::OkStatus()
                                                  : Wrong(option, "a seed");
  double number;
  if (!ParseNumber(value, &number)) return Wrong(option, "a number");
  options.numbers[std::string(key)] = number;
  return absl::OkStatus();
}

}  // namespace

StatusOr<LoadOptions> ParseLoadOptions(std::string_view text) {
  TENON_ASSIGN_OR_RETURN(const auto pairs, SplitPairs(text));
  LoadOptions options;
  for (const Pair& pair : pairs)
    TENON_RETURN_IF_ERROR(SetLoadOption(pair, options));
  return options;
}

StatusOr<SamplerOptions> ParseSamplerOptions(std::string_view text) {
  TENON_ASSIGN_OR_RETURN(const auto pairs, SplitPairs(text));
  SamplerOptions options;
  for (const Pair& pair : pairs)
    TENON_RETURN_IF_ERROR(SetSamplerOption(pair, options));
  return options;
}

}  // namespace tenon::web
