// UTF-8 for text that may be anything: decoding never fails.
#ifndef TENON_UTF8_H_
#define TENON_UTF8_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace tenon {

inline constexpr char32_t kReplacementChar = 0xFFFD;

struct Utf8Char {
  enum class Form : uint8_t {
    kWellFormed,
    kIllFormed,
    kTruncated,  // the text ends here; more bytes might complete it
  };
  char32_t value;  // U+FFFD unless well-formed
  uint8_t size;    // bytes: 1 to 4
  Form form;
};

// The first code point of `text`.  What is ill-formed is cut as the WHATWG
// decoder does: the longest start of a well-formed sequence, or one byte.
// REQUIRES: text is not empty.
Utf8Char FirstUtf8Char(std::string_view text);

bool IsWellFormedUtf8(std::string_view text);

// Each ill-formed part becomes one U+FFFD.
std::string ToWellFormedUtf8(std::string_view text);

// REQUIRES: value is a code point other than a surrogate.
void AppendUtf8(char32_t value, std::string& out);

// The 25 code points with Unicode's White_Space property.
bool IsWhiteSpace(char32_t c);

}  // namespace tenon

#endif  // TENON_UTF8_H_
