// How a pre-tokenizer's regular expressions are written here: functions that
// look at the start of a text.
#ifndef TENON_PLUGINS_TOKENIZER_BPE_MATCHER_H_
#define TENON_PLUGINS_TOKENIZER_BPE_MATCHER_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "tokenizer_bpe/unicode.h"

namespace tenon::bpe {

struct Char {
  char32_t value;
  uint32_t begin;  // byte offset in the text
  CharClass cls;
};

using Chars = std::span<const Char>;

// Says what the start of a text is.
struct Match {
  size_t size;          // characters, more than 0
  bool matches = true;  // false: no match begins in these characters
};

// REQUIRES: the text is not empty.  The time of all calls that cut up a text
// is linear in its length.
using Matcher = Match (*)(Chars text);

// The number of characters of `set` at the start of `text`.
inline size_t Run(Chars text, CharClass set) {
  size_t size = 0;
  while (size < text.size() && (text[size].cls & set) != 0) ++size;
  return size;
}

// Whether text[index] exists and is in `set`.
inline bool Has(Chars text, size_t index, CharClass set) {
  return index < text.size() && (text[index].cls & set) != 0;
}

// One character that no match begins at.
inline constexpr Match kNoMatch{1, false};

// The matchers, one for each regular expression.  A notation:  _ is a space,
// \s white space, (?!\S) "not before a character that is not white space".

// 's|'t|'re|'ve|'m|'ll|'d|_?\p{L}+|_?\p{N}+|_?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
Match MatchGpt2(Chars text);

// (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
// _?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
Match MatchLlama3(Chars text);
Match MatchQwen2(Chars text);   // the same with \p{N}
Match MatchQwen35(Chars text);  // and with [\p{L}\p{M}] for the letters

// With U = [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}], W = [\p{Ll}\p{Lm}\p{Lo}\p{M}]:
// [^\r\n\p{L}\p{N}]?U*W+|[^\r\n\p{L}\p{N}]?U+W*|\p{N}|
// _?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
Match MatchTekken(Chars text);
// The same with \p{N}{1,3}, and (?i:'s|'t|'re|'ve|'m|'ll|'d)? after words.
Match MatchGpt4o(Chars text);

// [ASCII punctuation][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|
// _?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
Match MatchDeepseek3(Chars text);

Match MatchDigit(Chars text);              // \p{N}
Match MatchUpTo3Digits(Chars text);        // \p{N}{1,3}
Match MatchDigits(Chars text);             // \p{N}+
Match Match3AsciiDigits(Chars text);       // [0-9][0-9][0-9]
Match MatchNewline(Chars text);            // [\r\n]
Match MatchSpaceAtEnd(Chars text);         // \s+$
Match MatchPunctuation(Chars text);        // [\p{P}$+<=>^~|]+
Match MatchHanAndKana(Chars text);         // Chinese and Japanese
Match MatchEastAsian(Chars text);          // U+0800 to U+9FA5, Hangul
Match MatchSpacedCased(Chars text);        // \s?[\p{Lu}\p{Ll}\p{Lt}]+
Match MatchSpacedLetters(Chars text);      // \s?\p{L}+
Match MatchSpacedPunctuation(Chars text);  // \s?\p{P}+
// \s?[!-/:-~ and full-width forms, quotation marks, U+3000 to U+3002]+
Match MatchSpacedPrintable(Chars text);

}  // namespace tenon::bpe

#endif  // TENON_PLUGINS_TOKENIZER_BPE_MATCHER_H_
