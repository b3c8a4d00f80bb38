#include "tokenizer_spm/spm_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <limits>

#include "support/test_vocab.h"

namespace tenon::spm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TestVocab SmallVocab() {
  TestVocab vocab;
  vocab.Add("<unk>", TokenKind::kUnknown);
  vocab.Add("<s>", TokenKind::kControl);
  vocab.Add("</s>", TokenKind::kControl);
  for (int byte = 0; byte < 256; ++byte) {
    char text[8];
    std::snprintf(text, sizeof(text), "<0x%02X>", byte);
    vocab.Add(text, TokenKind::kByte);
  }
  const std::pair<const char*, float> scored[] = {
      {"▁", -20},  {"h", -21},     {"e", -22},    {"l", -23},    {"o", -24},
      {"▁h", -3},  {"el", -2},     {"ll", -1},    {"▁he", -5},   {"lo", -1},
      {"llo", -6}, {"▁hello", -9}, {"hello", -4}, {"▁hell", -7}, {"ell", -8},
      {"é", -25},  {"▁▁", -2},     {"▁▁▁▁", -3},
  };
  for (const auto& [text, score] : scored) {
    vocab.Add(text, TokenKind::kNormal, score);
  }
  vocab.Add("<|go|>", TokenKind::kControl);
  vocab.Add("<tool>", TokenKind::kUserDefined);
  return vocab;
}

std::unique_ptr<Tokenizer> Create(const TestVocab& vocab) {
  auto tokenizer = SpmTokenizer::Create(vocab.ToMetadata(), {});
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.status();
  return *std::move(tokenizer);
}

std::unique_ptr<Tokenizer> Small(bool adds_space) {
  TestVocab vocab = SmallVocab();
  vocab.Set("tokenizer.ggml.add_space_prefix", adds_space);
  return Create(vocab);
}

// The texts of the tokens of `text`, with '|' between them.
std::string Tokens(const Tokenizer& tokenizer, std::string_view text,
                   bool parse_special = true) {
  std::string out;
  for (const TokenId id : tokenizer.Encode(
           text, {.add_special = false, .parse_special = parse_special})) {
    out.append(out.empty() ? "" : "|").append(tokenizer.Text(id));
  }
  return out;
}

// What was expected was computed with a merge loop in Python.
TEST(SpmTokenizer, MergesByScore) {
  const auto tokenizer = Small(true);
  EXPECT_EQ(Tokens(*tokenizer, "hello hello"), "▁hello|▁hello");
  EXPECT_EQ(Tokens(*tokenizer, "llo lo"), "▁|llo|▁|lo");
  EXPECT_EQ(Tokens(*tokenizer, "lll llll"), "▁|ll|l|▁|ll|ll");
  EXPECT_EQ(Tokens(*tokenizer, "      "), "▁▁▁▁|▁▁|▁");
  EXPECT_EQ(Tokens(*tokenizer, ""), "");
}

TEST(SpmTokenizer, FallsBackToBytes) {
  EXPECT_EQ(Tokens(*Small(true), "   hé\n"), "▁▁▁▁|h|é|<0x0A>");
  EXPECT_EQ(Tokens(*Small(false), "x日"), "<0x78>|<0xE6>|<0x97>|<0xA5>");
  EXPECT_EQ(Tokens(*Small(false), "h\xE2\x82l\xFF"),
            "h|<0xE2>|<0x82>|l|<0xFF>");
}

TEST(SpmTokenizer, SpacePrefixAfterSpecialTokensToo) {
  const char* text = "he<|go|>hello<tool> he</s>";
  EXPECT_EQ(Tokens(*Small(true), text), "▁he|<|go|>|▁hello|<tool>|▁▁|h|e|</s>");
  EXPECT_EQ(Tokens(*Small(false), text), "h|e|<|go|>|h|e|llo|<tool>|▁he|</s>");
  EXPECT_EQ(Tokens(*Small(true), "he<|go|>hello<tool> he", false),
            "▁he|<0x3C>|<0x7C>|<0x67>|o|<0x7C>|<0x3E>|h|e|llo|<tool>|▁▁|h|e");
}

TEST(SpmTokenizer, DefaultsOfTheFamily) {
  const auto tokenizer = Create(SmallVocab());
  EXPECT_EQ(tokenizer->bos(), 1);
  EXPECT_EQ(tokenizer->eos(), 2);
  EXPECT_THAT(tokenizer->Encode("hello", {}),
              ElementsAre(1, testing::Truly([&](TokenId id) {
                            return tokenizer->Text(id) == "▁hello";
                          })));
}

TEST(SpmTokenizer, DecodeDropsThePrefix) {
  const auto tokenizer = Small(true);
  for (const char* text : {"hello  hé", " hello", "日h", ""}) {
    const auto ids = tokenizer->Encode(text, {});
    EXPECT_EQ(tokenizer->Decode(ids, false), text);
    std::string pieces;
    for (const TokenId id : ids) tokenizer->AppendBytes(id, false, pieces);
    EXPECT_EQ(pieces, *text == 0 ? "" : std::string(" ") + text);
  }
  const auto ids = tokenizer->Encode("hello", {});
  EXPECT_EQ(tokenizer->Decode(ids, true), "<s> hello");
  const auto bare = Small(false);
  EXPECT_EQ(bare->Decode(bare->Encode(" hello", {}), false), " hello");
}

TEST(SpmTokenizer, WithoutBytesTheUnknownToken) {
  TestVocab vocab;
  vocab.Add("<unk>", TokenKind::kUnknown);
  vocab.Add("a");
  vocab.Add("\xFE");  // a byte as it is
  vocab.Set("tokenizer.ggml.add_space_prefix", false);
  EXPECT_THAT(Create(vocab)->Encode("a\xFE!", {.add_special = false}),
              ElementsAre(1, 2, 0));
  vocab.scores.clear();
  vocab.texts[0] = "z";
  vocab.types.clear();
  EXPECT_THAT(Create(vocab)->Encode("!", {.add_special = false}),
              ElementsAre(0));
}

TEST(SpmTokenizer, RefusesBrokenScores) {
  TestVocab vocab = SmallVocab();
  vocab.scores.pop_back();
  auto status = SpmTokenizer::Create(vocab.ToMetadata(), {}).status();
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("'tokenizer.ggml.scores': 278 entries for 279 tokens"));
  vocab.scores.push_back(std::numeric_limits<float>::quiet_NaN());
  status = SpmTokenizer::Create(vocab.ToMetadata(), {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("entry 278 is not"));
}

TEST(SpmTokenizer, LongRuns) {
  const auto tokenizer = Create(SmallVocab());
  for (const char* unit : {"l", " ", "h", "日", "\xFF", "hello ", "<tool>"}) {
    std::string text;
    while (text.size() < 100'000) text += unit;
    const auto ids = tokenizer->Encode(text, {});
    EXPECT_GE(ids.size(), 10'000u) << unit;
  }
}

}  // namespace
}  // namespace tenon::spm
