#include "tenon/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenon {
namespace {

using testing::ElementsAre;

std::vector<std::string> Emitted(const std::vector<std::string>& parts) {
  Utf8Stream stream;
  std::vector<std::string> out;
  for (const std::string& part : parts) out.push_back(stream.Push(part));
  out.push_back(stream.Flush());
  return out;
}

TEST(Utf8Stream, HoldsHalfACodePoint) {
  EXPECT_THAT(Emitted({"a\xF0", "\x9F", "", "\x91", "\x8D!"}),
              ElementsAre("a", "", "", "", "\U0001F44D!", ""));
}

TEST(Utf8Stream, ReplacesMaximalSubparts) {
  const std::string r = "\uFFFD";
  // A surrogate shows with its second byte that it is not one sequence.
  EXPECT_THAT(Emitted({"\xED", "\xA0", "\x80"}), ElementsAre("", r + r, r, ""));
  EXPECT_THAT(Emitted({"\xE2\x82", "z", "\xFF"}),
              ElementsAre("", r + "z", r, ""));
}

TEST(Utf8Stream, FlushEndsTheTail) {
  EXPECT_THAT(Emitted({"x\xF0\x9F\x91"}), ElementsAre("x", "\uFFFD"));
  Utf8Stream stream;
  EXPECT_EQ(stream.Push("\xE2\x82"), "");
  EXPECT_EQ(stream.Flush(), "\uFFFD");
  EXPECT_EQ(stream.Push("\xAC"), "\uFFFD");  // nothing is left of the tail
  EXPECT_EQ(stream.Flush(), "");
}

TEST(Utf8Stream, KeepsByteOrderMarkAndNul) {
  EXPECT_THAT(Emitted({std::string("\0\xEF\xBB", 3), "\xBF"}),
              ElementsAre(std::string(1, '\0'), "\uFEFF", ""));
}

}  // namespace
}  // namespace tenon
