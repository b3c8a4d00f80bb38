// The regular expressions that cut out runs of one kind of character.
#include <algorithm>
#include <string_view>

#include "tokenizer_bpe/matcher.h"

namespace tenon::bpe {
namespace {

template <CharClass kSet>
bool In(const Char& c) {
  return (c.cls & kSet) != 0;
}

using Predicate = bool (*)(const Char& c);

size_t RunOf(Chars text, Predicate in) {
  return std::find_if_not(text.begin(), text.end(), in) - text.begin();
}

// [in]+
Match MatchRun(Chars text, Predicate in) {
  const size_t size = RunOf(text, in);
  return size == 0 ? kNoMatch : Match{size};
}

// \s?[in]+
Match MatchSpacedRun(Chars text, Predicate in) {
  if (Has(text, 0, kSpace)) {
    if (const size_t size = RunOf(text.subspan(1), in)) return {1 + size};
  }
  return MatchRun(text, in);
}

bool Between(const Char& c, char32_t first, char32_t last) {
  return c.value >= first && c.value <= last;
}

bool IsAsciiDigit(const Char& c) { return Between(c, '0', '9'); }

bool IsPunctuationOrOperator(const Char& c) {
  constexpr std::u32string_view kOperators = U"$+<=>^~|";
  return In<kPunctuation>(c) || kOperators.find(c.value) != kOperators.npos;
}

bool IsHanOrKana(const Char& c) {
  return Between(c, 0x4E00, 0x9FA5) || Between(c, 0x3040, 0x30FF);
}

bool IsEastAsian(const Char& c) {
  return Between(c, 0x0800, 0x9FA5) || Between(c, 0xAC00, 0xD7FF);
}

// ASCII but digits and the space, with letters: the range ":-~" holds them.
bool IsPrintable(const Char& c) {
  return Between(c, '!', '/') || Between(c, ':', '~') ||
         Between(c, 0xFF01, 0xFF0F) || Between(c, 0xFF1A, 0xFF5E) ||
         Between(c, 0x2018, 0x201F) || Between(c, 0x3000, 0x3002);
}

}  // namespace

Match MatchDigit(Chars text) {
  return Has(text, 0, kNumber) ? Match{1} : kNoMatch;
}

Match MatchUpTo3Digits(Chars text) {
  return MatchRun(text.first(std::min<size_t>(text.size(), 3)), &In<kNumber>);
}

Match MatchDigits(Chars text) { return MatchRun(text, &In<kNumber>); }

Match Match3AsciiDigits(Chars text) {
  const bool matches =
      text.size() >= 3 && RunOf(text.first(3), &IsAsciiDigit) == 3;
  return matches ? Match{3} : kNoMatch;
}

Match MatchNewline(Chars text) {
  return Has(text, 0, kNewline) ? Match{1} : kNoMatch;
}

Match MatchSpaceAtEnd(Chars text) {
  const size_t size = Run(text, kSpace);
  return size == 0 ? kNoMatch : Match{size, size == text.size()};
}

Match MatchPunctuation(Chars text) {
  return MatchRun(text, &IsPunctuationOrOperator);
}

Match MatchHanAndKana(Chars text) { return MatchRun(text, &IsHanOrKana); }

Match MatchEastAsian(Chars text) { return MatchRun(text, &IsEastAsian); }

Match MatchSpacedCased(Chars text) { return MatchSpacedRun(text, &In<kCased>); }

Match MatchSpacedLetters(Chars text) {
  return MatchSpacedRun(text, &In<kLetter>);
}

Match MatchSpacedPunctuation(Chars text) {
  return MatchSpacedRun(text, &In<kPunctuation>);
}

Match MatchSpacedPrintable(Chars text) {
  return MatchSpacedRun(text, &IsPrintable);
}

}  // namespace tenon::bpe
