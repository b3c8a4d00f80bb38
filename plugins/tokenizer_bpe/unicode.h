// General categories of code points, as far as pre-tokenizers ask for them.
#ifndef TENON_PLUGINS_TOKENIZER_BPE_UNICODE_H_
#define TENON_PLUGINS_TOKENIZER_BPE_UNICODE_H_

#include <cstdint>

namespace tenon::bpe {

// A set of classes.  Each code point is in exactly one of the single ones.
using CharClass = uint16_t;

inline constexpr CharClass kOther = 1 << 0;    // also what is unassigned
inline constexpr CharClass kBlank = 1 << 1;    // White_Space but \r and \n
inline constexpr CharClass kNewline = 1 << 2;  // \r and \n
inline constexpr CharClass kUpper = 1 << 3;
inline constexpr CharClass kLower = 1 << 4;
inline constexpr CharClass kTitle = 1 << 5;
inline constexpr CharClass kModifier = 1 << 6;  // Lm
inline constexpr CharClass kUncased = 1 << 7;   // Lo
inline constexpr CharClass kMark = 1 << 8;
inline constexpr CharClass kNumber = 1 << 9;
inline constexpr CharClass kPunctuation = 1 << 10;
inline constexpr CharClass kSymbol = 1 << 11;

inline constexpr CharClass kAnyChar = (1 << 12) - 1;
inline constexpr CharClass kSpace = kBlank | kNewline;
inline constexpr CharClass kCased = kUpper | kLower | kTitle;
inline constexpr CharClass kLetter = kCased | kModifier | kUncased;

// The one class of `c`.
CharClass ClassOf(char32_t c);

}  // namespace tenon::bpe

#endif  // TENON_PLUGINS_TOKENIZER_BPE_UNICODE_H_
