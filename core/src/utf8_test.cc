#include "tenon/utf8.h"

#include <gtest/gtest.h>

namespace tenon {
namespace {

// The examples of the Unicode standard, section 3.9, tables 3-8 to 3-11.
TEST(ToWellFormedUtf8, ReplacesMaximalSubparts) {
  const std::string r = "\uFFFD";
  EXPECT_EQ(ToWellFormedUtf8("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"),
            r + r + r + r + r + r + r + r + "A");
  EXPECT_EQ(ToWellFormedUtf8("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41"),
            r + r + r + r + r + r + r + r + "A");
  EXPECT_EQ(ToWellFormedUtf8("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42"),
            r + r + r + r + r + "A" + r + r + "B");
  EXPECT_EQ(ToWellFormedUtf8("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"),
            r + r + r + r + "A");
}

TEST(ToWellFormedUtf8, KeepsWhatIsWellFormed) {
  const std::string text("\0a\u00E9\uFEFF\uFFFF\U0010FFFF", 14);
  EXPECT_TRUE(IsWellFormedUtf8(text));
  EXPECT_EQ(ToWellFormedUtf8(text), text);
  EXPECT_FALSE(IsWellFormedUtf8("\xE2\x82"));
}

TEST(FirstUtf8Char, TellsTruncatedFromWrong) {
  using Form = Utf8Char::Form;
  EXPECT_EQ(FirstUtf8Char("\xF0\x9F\x91").form, Form::kTruncated);
  EXPECT_EQ(FirstUtf8Char("\xF0\x9F\x91").size, 3);
  EXPECT_EQ(FirstUtf8Char("\xF0\x9F\x91z").form, Form::kIllFormed);
  EXPECT_EQ(FirstUtf8Char("\xED\xA0").form, Form::kIllFormed);
  EXPECT_EQ(FirstUtf8Char("\xED\xA0").size, 1);
  EXPECT_EQ(FirstUtf8Char("\xF0\x9F\x91\x8D!").value, U'\U0001F44D');
}

TEST(AppendUtf8, InvertsFirstUtf8Char) {
  for (const char32_t c : {0x0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFD, 0x10000}) {
    std::string out;
    AppendUtf8(c, out);
    EXPECT_EQ(FirstUtf8Char(out).value, c);
    EXPECT_EQ(FirstUtf8Char(out).size, out.size());
  }
}

TEST(IsWhiteSpace, HasTheTwentyFive) {
  int count = 0;
  for (char32_t c = 0; c < 0x110000; ++c) count += IsWhiteSpace(c) ? 1 : 0;
  EXPECT_EQ(count, 25);
  EXPECT_TRUE(IsWhiteSpace(0x85));
  for (const char32_t c : {0xFEFF, 0x180E, 0x200B, 0x1C, 0x1F}) {
    EXPECT_FALSE(IsWhiteSpace(c)) << static_cast<uint32_t>(c);
  }
}

}  // namespace
}  // namespace tenon
