#include "tokenizer_bpe/byte_alphabet.h"

#include <array>

#include "tenon/utf8.h"

namespace tenon::bpe {
namespace {

constexpr bool StandsForItself(uint32_t byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) ||
         byte >= 0xAE;
}

constexpr char32_t kFirstSubstitute = 0x100;

struct Alphabet {
  std::array<char32_t, 256> chars{};
  std::array<uint8_t, 68> bytes_of_substitutes{};

  constexpr Alphabet() {
    size_t substitutes = 0;
    for (uint32_t byte = 0; byte < 256; ++byte) {
      if (StandsForItself(byte)) {
        chars[byte] = byte;
        continue;
      }
      chars[byte] = kFirstSubstitute + substitutes;
      bytes_of_substitutes[substitutes++] = static_cast<uint8_t>(byte);
    }
  }
};

constexpr Alphabet kAlphabet;

}  // namespace

void AppendSpelled(uint8_t byte, std::string& out) {
  AppendUtf8(kAlphabet.chars[byte], out);
}

void AppendUnspelled(std::string_view spelled, std::string& out) {
  while (!spelled.empty()) {
    const Utf8Char c = FirstUtf8Char(spelled);
    const uint32_t substitute = c.value - kFirstSubstitute;
    if (c.value < 256 && StandsForItself(c.value)) {
      out.push_back(static_cast<char>(c.value));
    } else if (substitute < kAlphabet.bytes_of_substitutes.size()) {
      out.push_back(
          static_cast<char>(kAlphabet.bytes_of_substitutes[substitute]));
    } else {
      out.append(spelled.substr(0, c.size));
    }
    spelled.remove_prefix(c.size);
  }
}

}  // namespace tenon::bpe
