#include "tenon/utf8.h"

#include <cstddef>

namespace tenon {
namespace {

// What a first byte promises: the length, and the range of the second byte
// (which is where overlong forms, surrogates and U+110000 are ruled out).
struct Lead {
  uint8_t size;  // 0: no sequence starts with this byte
  uint8_t low = 0x80;
  uint8_t high = 0xBF;
};

Lead LeadOf(uint8_t byte) {
  if (byte < 0x80) return {1};
  if (byte < 0xC2) return {0};
  if (byte < 0xE0) return {2};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0};
}

}  // namespace

Utf8Char FirstUtf8Char(std::string_view text) {
  using Form = Utf8Char::Form;
  const auto first = static_cast<uint8_t>(text[0]);
  const Lead lead = LeadOf(first);
  if (lead.size == 1) return {first, 1, Form::kWellFormed};
  if (lead.size == 0) return {kReplacementChar, 1, Form::kIllFormed};

  char32_t value = first & (0x7F >> lead.size);
  for (uint8_t i = 1; i < lead.size; ++i) {
    if (i == text.size()) return {kReplacementChar, i, Form::kTruncated};
    const auto byte = static_cast<uint8_t>(text[i]);
    const uint8_t low = i == 1 ? lead.low : 0x80;
    const uint8_t high = i == 1 ? lead.high : 0xBF;
    if (byte < low || byte > high) {
      return {kReplacementChar, i, Form::kIllFormed};
    }
    value = value << 6 | (byte & 0x3F);
  }
  return {value, lead.size, Form::kWellFormed};
}

bool IsWellFormedUtf8(std::string_view text) {
  while (!text.empty()) {
    const Utf8Char c = FirstUtf8Char(text);
    if (c.form != Utf8Char::Form::kWellFormed) return false;
    text.remove_prefix(c.size);
  }
  return true;
}

std::string ToWellFormedUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Utf8Char c = FirstUtf8Char(text);
    AppendUtf8(c.value, out);
    text.remove_prefix(c.size);
  }
  return out;
}

void AppendUtf8(char32_t value, std::string& out) {
  const auto tail = [&](int shift) {
    out.push_back(static_cast<char>(0x80 | (value >> shift & 0x3F)));
  };
  if (value < 0x80) {
    out.push_back(static_cast<char>(value));
  } else if (value < 0x800) {
    out.push_back(static_cast<char>(0xC0 | value >> 6));
    tail(0);
  } else if (value < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | value >> 12));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xF0 | value >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

bool IsWhiteSpace(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
  return c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
         c == 0x202F || c == 0x205F || c == 0x3000;
}

}  // namespace tenon
