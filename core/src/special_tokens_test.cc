#include <gtest/gtest.h>

#include "support/test_vocab.h"
#include "tenon/vocab.h"

namespace tenon {
namespace {

constexpr TokenKind kControl[] = {TokenKind::kControl};

Vocab Read(const TestVocab& source) {
  return *Vocab::Create(source.ToMetadata(), {}, {});
}

Vocab Markers() {
  TestVocab source;
  source.Add("<a>", TokenKind::kControl);
  source.Add("<a><b>", TokenKind::kControl);
  source.Add("<b>c", TokenKind::kControl);
  source.Add("<n>");
  source.Add("\xFF", TokenKind::kControl);
  return Read(source);
}

TEST(SpecialTokens, LongestAtTheLeftmost) {
  const Vocab vocab = Markers();
  const SpecialTokens tokens(vocab, kControl);
  const auto match = tokens.Find("x<a<a><b>c", 0);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->begin, 3u);
  EXPECT_EQ(match->end, 9u);
  EXPECT_EQ(match->id, 1);
}

TEST(SpecialTokens, FallsBackToAShorterOne) {
  const Vocab vocab = Markers();
  const SpecialTokens tokens(vocab, kControl);
  EXPECT_EQ(tokens.Find("<a><x>", 0)->id, 0);
  EXPECT_EQ(tokens.Find("<a><", 0)->end, 3u);
  EXPECT_EQ(tokens.Find("<a><b>c", 1)->id, 2);
}

TEST(SpecialTokens, OnlyTheKindsAskedFor) {
  const Vocab vocab = Markers();
  const SpecialTokens tokens(vocab, kControl);
  EXPECT_FALSE(tokens.Find("<n> <a <b>", 0));
  EXPECT_FALSE(tokens.Find("", 0));
  EXPECT_EQ(tokens.Find("\xFE\xFF", 0)->begin, 1u);
}

}  // namespace
}  // namespace tenon
