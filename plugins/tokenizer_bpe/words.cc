// The regular expressions that tell words, numbers, punctuation and white
// space apart.
#include <algorithm>

#include "tokenizer_bpe/matcher.h"

namespace tenon::bpe {
namespace {

constexpr CharClass kWordOrDigit = kLetter | kNumber;
constexpr CharClass kNotBeforeWord = kNewline | kWordOrDigit;
constexpr char32_t kLongS = 0x17F;  // folds to s

char32_t FoldAscii(char32_t c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

// 's|'t|'re|'ve|'m|'ll|'d, or 0.
template <bool kAnyCase>
size_t Contraction(Chars text) {
  const auto letter = [&](size_t i) -> char32_t {
    if (i >= text.size()) return 0;
    const char32_t c = text[i].value;
    if (!kAnyCase) return c;
    return c == kLongS ? U's' : FoldAscii(c);
  };
  if (letter(0) != '\'') return 0;
  switch (letter(1)) {
    case 's':
    case 't':
    case 'm':
    case 'd':
      return 2;
    case 'r':
    case 'v':
      return letter(2) == 'e' ? 3 : 0;
    case 'l':
      return letter(2) == 'l' ? 3 : 0;
    default:
      return 0;
  }
}

// \s+(?!\S)|\s+
size_t Spaces(Chars text) {
  const size_t size = Run(text, kSpace);
  return size == text.size() || size == 1 ? size : size - 1;
}

// \s*[\r\n]+|\s+(?!\S)|\s+
size_t SpacesOrLines(Chars text) {
  size_t size = Run(text, kSpace);
  while (size > 0 && (text[size - 1].cls & kNewline) == 0) --size;
  return size > 0 ? size : Spaces(text);
}

// _?[set]+ and then any of [\r\n], and of '/' if kSlash.  Or 0.
template <bool kSlash = false>
size_t Symbols(Chars text, CharClass set) {
  const size_t lead = text[0].value == ' ' ? 1 : 0;
  const size_t symbols = Run(text.subspan(lead), set);
  if (symbols == 0) return 0;
  size_t size = lead + symbols;
  while (Has(text, size, kNewline) ||
         (kSlash && size < text.size() && text[size].value == '/')) {
    ++size;
  }
  return size;
}

// [^not_lead]?[set]+, or 0.
size_t LedRun(Chars text, CharClass not_lead, CharClass set) {
  const bool has_lead = !Has(text, 0, not_lead) && Has(text, 1, set);
  const size_t lead = has_lead ? 1 : 0;
  const size_t run = Run(text.subspan(lead), set);
  return run == 0 ? 0 : lead + run;
}

// \p{N}{1,kMax}, or 0.
template <size_t kMax>
size_t Digits(Chars text) {
  return Run(text.first(std::min(text.size(), kMax)), kNumber);
}

template <size_t kMaxDigits, CharClass kInWord>
size_t MatchWordsAndLines(Chars text) {
  if (const size_t size = Contraction<true>(text)) return size;
  if (const size_t size = LedRun(text, kNotBeforeWord, kInWord)) return size;
  if (const size_t size = Digits<kMaxDigits>(text)) return size;
  constexpr CharClass kSymbols = kAnyChar & ~(kSpace | kInWord | kNumber);
  if (const size_t size = Symbols(text, kSymbols)) return size;
  return SpacesOrLines(text);
}

// Words by case.  Modifiers, uncased letters and marks are of both cases.
constexpr CharClass kBothCases = kModifier | kUncased | kMark;
constexpr CharClass kUpperish = kUpper | kTitle | kBothCases;
constexpr CharClass kLowerish = kLower | kBothCases;

// U*W+, or 0: all of U* if a W follows it, else as much as ends in a W.
size_t LowerEnding(Chars text) {
  size_t upper = Run(text, kUpperish);
  const size_t lower = Run(text.subspan(upper), kLowerish);
  if (lower > 0) return upper + lower;
  while (upper > 0 && (text[upper - 1].cls & kLowerish) == 0) --upper;
  return upper;
}

// U+W*, or 0.
size_t UpperStarting(Chars text) {
  const size_t upper = Run(text, kUpperish);
  return upper == 0 ? 0 : upper + Run(text.subspan(upper), kLowerish);
}

// [^\r\n\p{L}\p{N}]?(U*W+), then the same with (U+W*); or 0.
size_t CasedWord(Chars text) {
  const bool may_lead = !Has(text, 0, kNotBeforeWord);
  for (const auto word : {&LowerEnding, &UpperStarting}) {
    if (const size_t size = may_lead ? word(text.subspan(1)) : 0) {
      return 1 + size;
    }
    if (const size_t size = word(text)) return size;
  }
  return 0;
}

template <size_t kMaxDigits, bool kContractions>
size_t MatchCasedWords(Chars text) {
  if (const size_t size = CasedWord(text)) {
    if (!kContractions) return size;
    return size + Contraction<true>(text.subspan(size));
  }
  if (const size_t size = Digits<kMaxDigits>(text)) return size;
  constexpr CharClass kSymbols = kAnyChar & ~(kSpace | kWordOrDigit);
  if (const size_t size = Symbols<true>(text, kSymbols)) return size;
  return SpacesOrLines(text);
}

bool IsAsciiLetter(const Char& c) {
  const char32_t folded = FoldAscii(c.value);
  return folded >= 'a' && folded <= 'z';
}

bool IsAsciiSymbol(const Char& c) {
  return c.value < 0x80 && (c.cls & (kPunctuation | kSymbol)) != 0;
}

// [ASCII punctuation][A-Za-z]+, or 0.
size_t SymbolAndAsciiWord(Chars text) {
  if (!IsAsciiSymbol(text[0])) return 0;
  size_t size = 1;
  while (size < text.size() && IsAsciiLetter(text[size])) ++size;
  return size == 1 ? 0 : size;
}

}  // namespace

Match MatchGpt2(Chars text) {
  if (const size_t size = Contraction<false>(text)) return {size};
  const Chars rest = text.subspan(text[0].value == ' ' ? 1 : 0);
  const size_t lead = text.size() - rest.size();
  for (const CharClass set :
       {kLetter, kNumber,
        static_cast<CharClass>(kAnyChar & ~(kSpace | kWordOrDigit))}) {
    if (const size_t size = Run(rest, set)) return {lead + size};
  }
  return {Spaces(text)};
}

Match MatchLlama3(Chars text) { return {MatchWordsAndLines<3, kLetter>(text)}; }

Match MatchQwen2(Chars text) { return {MatchWordsAndLines<1, kLetter>(text)}; }

Match MatchQwen35(Chars text) {
  constexpr CharClass kInWord = kLetter | kMark;
  return {MatchWordsAndLines<1, kInWord>(text)};
}

Match MatchTekken(Chars text) { return {MatchCasedWords<1, false>(text)}; }

Match MatchGpt4o(Chars text) { return {MatchCasedWords<3, true>(text)}; }

Match MatchDeepseek3(Chars text) {
  constexpr CharClass kSymbols = kPunctuation | kSymbol;
  constexpr CharClass kNotBefore = kNewline | kLetter | kSymbols;
  if (const size_t size = SymbolAndAsciiWord(text)) return {size};
  if (const size_t size = LedRun(text, kNotBefore, kLetter | kMark)) {
    return {size};
  }
  if (const size_t size = Symbols(text, kSymbols)) return {size};
  if (Has(text, 0, kSpace)) return {SpacesOrLines(text)};
  return kNoMatch;
}

}  // namespace tenon::bpe
