#include "tokenizer_bpe/byte_alphabet.h"

#include <gtest/gtest.h>

#include <set>

namespace tenon::bpe {
namespace {

std::string Spelled(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) AppendSpelled(static_cast<uint8_t>(byte), out);
  return out;
}

TEST(ByteAlphabet, KnownSpellings) {
  EXPECT_EQ(Spelled("Az~! \n\t"), "Az~!ĠĊĉ");
  EXPECT_EQ(Spelled("\u00E9"), "Ã©");
  EXPECT_EQ(Spelled(std::string_view("\0", 1)), "Ā");
  EXPECT_EQ(Spelled("\x7F\x80\x9F\xA0\xAD\xFF"), "ġĢŁłŃÿ");
}

TEST(ByteAlphabet, RoundTrip) {
  std::set<std::string> spellings;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    const std::string spelled = Spelled(text);
    spellings.insert(spelled);
    std::string back;
    AppendUnspelled(spelled, back);
    EXPECT_EQ(back, text);
  }
  EXPECT_EQ(spellings.size(), 256u);
}

TEST(ByteAlphabet, KeepsForeignCharacters) {
  std::string out;
  AppendUnspelled("aĠń\u0144\u2581\xFF", out);
  EXPECT_EQ(out, "a \u0144\u0144\u2581\xFF");
}

}  // namespace
}  // namespace tenon::bpe
