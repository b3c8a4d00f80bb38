#include "tokenizer_bpe/nfc.h"

#include <gtest/gtest.h>

#include <string>

namespace tenon::bpe {
namespace {

// From the Unicode standard: chapter 3.11 and 3.12, annex 15.
TEST(ToNfc, Composes) {
  EXPECT_EQ(ToNfc("e\u0301"), "\u00E9");
  EXPECT_EQ(ToNfc("D\u0307\u0323"), "\u1E0C\u0307");
  EXPECT_EQ(ToNfc("q\u0307\u0323"), "q\u0323\u0307");
  EXPECT_EQ(ToNfc("s\u0323\u0307"), "\u1E69");
  EXPECT_EQ(ToNfc("\u304B\u3099"), "\u304C");
  EXPECT_EQ(ToNfc("\U00011099\U000110BA"), "\U0001109A");
}

TEST(ToNfc, ReordersWhatIsComposed) {
  EXPECT_EQ(ToNfc("\u1E0B\u0323"), "\u1E0D\u0307");
  EXPECT_EQ(ToNfc("\u00E9\u0323"), "\u1EB9\u0301");
}

TEST(ToNfc, BlockedMarksStay) {
  EXPECT_EQ(ToNfc("a\u0300\u0301"), "\u00E0\u0301");
  EXPECT_EQ(ToNfc("a\u0315\u0300"), "\u00E0\u0315");
  EXPECT_EQ(ToNfc("a\u0305\u0300"), "a\u0305\u0300");
  EXPECT_EQ(ToNfc("\u0B47\u0300\u0B3E"), "\u0B47\u0300\u0B3E");
  EXPECT_EQ(ToNfc("ab\u0301"), "ab\u0301");
  EXPECT_EQ(ToNfc("\u0301e"), "\u0301e");
}

TEST(ToNfc, Exclusions) {
  EXPECT_EQ(ToNfc("\u0958"), "\u0915\u093C");  // excluded by its script
  EXPECT_EQ(ToNfc("\u212B"), "\u00C5");        // singletons
  EXPECT_EQ(ToNfc("\u2126"), "\u03A9");
  EXPECT_EQ(ToNfc("\uF900"), "\u8C48");
  EXPECT_EQ(ToNfc("\U0002F800"), "\u4E3D");
  EXPECT_EQ(ToNfc("\u0344"), "\u0308\u0301");  // begins with a mark
}

TEST(ToNfc, Hangul) {
  EXPECT_EQ(ToNfc("\u1112\u1161\u11AB"), "\uD55C");
  EXPECT_EQ(ToNfc("\uD558\u11AB"), "\uD55C");
  EXPECT_EQ(ToNfc("\uD55C\u11AB"), "\uD55C\u11AB");  // has a trail already
  EXPECT_EQ(ToNfc("\u1112\u1161\u11A7"), "\uD558\u11A7");  // not a trail
  EXPECT_EQ(ToNfc("\u1112"), "\u1112");
}

TEST(ToNfc, KeepsCompatibilityCharacters) {
  const std::string text = "\uFB01 \u00BD \uFF21 \u2160 plain";
  EXPECT_EQ(ToNfc(text), text);
  EXPECT_EQ(ToNfc(""), "");
}

TEST(ToNfc, LongRunsOfMarks) {
  std::string text = "a", sorted = "a";
  for (int i = 0; i < 20'000; ++i) text += "\u0359\u0327";
  for (int i = 0; i < 20'000; ++i) sorted += "\u0327";
  for (int i = 0; i < 20'000; ++i) sorted += "\u0359";
  EXPECT_EQ(ToNfc(text), sorted);
}

}  // namespace
}  // namespace tenon::bpe
