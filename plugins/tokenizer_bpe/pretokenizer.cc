#include "tokenizer_bpe/pretokenizer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tenon/utf8.h"

namespace tenon::bpe {
namespace {

constexpr std::string_view kDefault[] = {"default"};
constexpr std::string_view kGpt2[] = {
    "gpt-2",      "phi-2",      "gigachat",     "mellum",         "modern-bert",
    "exaone4",    "a.x-4.0",    "jina-es",      "jina-de",        "jina-v2-es",
    "jina-v2-de", "jina-v1-en", "jina-v2-code", "roberta-bpe",    "mpt",
    "olmo",       "jais",       "trillion",     "granite-docling"};
constexpr std::string_view kSmolLm[] = {
    "smollm",    "starcoder", "refact",     "command-r",
    "codeshell", "exaone",    "minerva-7b", "mellum2",
};
constexpr std::string_view kLlama3[] = {
    "llama-bpe", "llama3",   "llama-v3", "falcon3",      "falcon-h1",
    "pixtral",   "midm-2.0", "lfm2",     "jina-v5-nano",
};
constexpr std::string_view kDbrx[] = {"dbrx", "smaug-bpe"};
constexpr std::string_view kQwen2[] = {
    "qwen2", "deepseek-r1-qwen", "kormo", "f2llmv2", "megrez",
};
constexpr std::string_view kStableLm2[] = {"stablelm2", "hunyuan",
                                           "solar-open"};
constexpr std::string_view kQwen35[] = {"qwen35"};
constexpr std::string_view kTekken[] = {"tekken"};
constexpr std::string_view kGpt4o[] = {"gpt-4o", "llama4", "kanana2"};
constexpr std::string_view kDeepseekLlm[] = {"deepseek-llm"};
constexpr std::string_view kDeepseekCoder[] = {"deepseek-coder"};
constexpr std::string_view kDeepseek3[] = {"deepseek-v3", "hunyuan-dense",
                                           "joyai-llm"};

constexpr Pretokenizer kPretokenizers[] = {
    {.names = kDefault,
     .matchers = {&MatchPunctuation, &MatchGpt2, &MatchDigits,
                  &Match3AsciiDigits}},
    {.names = kGpt2, .matchers = {&MatchGpt2}},
    {.names = kSmolLm, .matchers = {&MatchDigit, &MatchGpt2}},
    {.names = kLlama3,
     .matchers = {&MatchLlama3},
     .ignores_merges = true,
     .adds_bos = true},
    {.names = kDbrx, .matchers = {&MatchLlama3}},
    {.names = kQwen2, .matchers = {&MatchQwen2}, .normalizes = true},
    {.names = kQwen35, .matchers = {&MatchQwen35}, .normalizes = true},
    {.names = kStableLm2, .matchers = {&MatchQwen2}},
    {.names = kTekken,
     .matchers = {&MatchTekken},
     .ignores_merges = true,
     .adds_bos = true},
    {.names = kGpt4o, .matchers = {&MatchGpt4o}},
    {.names = kDeepseekLlm,
     .matchers = {&MatchNewline, &MatchSpacedCased, &MatchSpacedPrintable,
                  &MatchSpaceAtEnd, &MatchEastAsian, &MatchDigits}},
    {.names = kDeepseekCoder,
     .matchers = {&MatchNewline, &MatchSpacedLetters, &MatchSpacedPunctuation,
                  &MatchEastAsian, &MatchDigit}},
    {.names = kDeepseek3,
     .matchers = {&MatchUpTo3Digits, &MatchHanAndKana, &MatchDeepseek3}},
};

std::vector<Char> ToChars(std::string_view text) {
  std::vector<Char> chars;
  chars.reserve(text.size());
  for (size_t begin = 0; begin < text.size();) {
    const Utf8Char c = FirstUtf8Char(text.substr(begin));
    chars.push_back({c.value, static_cast<uint32_t>(begin), ClassOf(c.value)});
    begin += c.size;
  }
  return chars;
}

// Cuts text[begin, end) into matches and what lies between them; appends where
// each piece ends, in characters.
void Split(Matcher matcher, Chars text, size_t begin, size_t end,
           std::vector<uint32_t>& ends) {
  size_t cut = begin;
  for (size_t i = begin; i < end;) {
    const Match match = matcher(text.subspan(i, end - i));
    if (match.matches) {
      if (i > cut) ends.push_back(static_cast<uint32_t>(i));
      cut = i + match.size;
      ends.push_back(static_cast<uint32_t>(cut));
    }
    i += match.size;
  }
  if (end > cut) ends.push_back(static_cast<uint32_t>(end));
}

}  // namespace

std::span<const Pretokenizer> Pretokenizers() { return kPretokenizers; }

const Pretokenizer* FindPretokenizer(std::string_view name) {
  for (const Pretokenizer& pretokenizer : kPretokenizers) {
    const auto& names = pretokenizer.names;
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      return &pretokenizer;
    }
  }
  return nullptr;
}

std::string KnownPretokenizers() {
  std::string out;
  for (const Pretokenizer& pretokenizer : kPretokenizers) {
    for (const std::string_view name : pretokenizer.names) {
      absl::StrAppend(&out, out.empty() ? "" : ", ", name);
    }
  }
  return out;
}

std::vector<uint32_t> PieceEnds(const Pretokenizer& pretokenizer,
                                std::string_view text) {
  const std::vector<Char> chars = ToChars(text);
  std::vector<uint32_t> ends;
  if (!chars.empty()) ends.push_back(static_cast<uint32_t>(chars.size()));
  for (const Matcher matcher : pretokenizer.matchers) {
    if (matcher == nullptr) break;
    std::vector<uint32_t> finer;
    size_t begin = 0;
    for (const uint32_t end : ends) {
      Split(matcher, chars, begin, end, finer);
      begin = end;
    }
    ends = std::move(finer);
  }
  for (uint32_t& end : ends) {
    end = static_cast<uint32_t>(end < chars.size() ? chars[end].begin
                                                   : text.size());
  }
  return ends;
}

}  // namespace tenon::bpe
