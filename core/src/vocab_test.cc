#include "tenon/vocab.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/test_vocab.h"

namespace tenon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

StatusOr<Vocab> Read(const TestVocab& source, VocabDefaults defaults = {},
                     std::vector<std::string>* warnings = nullptr) {
  return Vocab::Create(source.ToMetadata(), defaults,
                       [warnings](std::string_view message) {
                         if (warnings) warnings->emplace_back(message);
                       });
}

TestVocab Abc() {
  TestVocab source;
  for (const char* text : {"a", "b", "", "abc"}) source.Add(text);
  return source;
}

TEST(Vocab, FindsTexts) {
  const auto read = Read(Abc());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->size(), 4u);
  EXPECT_EQ(read->Text(3), "abc");
  EXPECT_EQ(read->Find("b"), 1);
  EXPECT_EQ(read->Find("bc"), std::nullopt);
  EXPECT_EQ(read->Text(2), "[EMPTY_2]");
  EXPECT_EQ(read->Find("[EMPTY_2]"), 2);
  EXPECT_EQ(read->longest(), 9u);
}

TEST(Vocab, StaysValidWhenMoved) {
  auto read = Read(Abc());
  ASSERT_TRUE(read.ok()) << read.status();
  const Vocab moved = *std::move(read);
  EXPECT_EQ(moved.Find("abc"), 3);
  EXPECT_EQ(moved.Text(0), "a");
}

TEST(Vocab, KindsDefaultToNormal) {
  TestVocab source = Abc();
  source.types.clear();
  EXPECT_EQ(Read(source)->Kind(3), TokenKind::kNormal);
  source.types = {1, 4, 77, -1};
  const auto read = Read(source);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->Kind(1), TokenKind::kUserDefined);
  EXPECT_EQ(read->Kind(2), TokenKind::kUndefined);
  EXPECT_EQ(read->Kind(3), TokenKind::kUndefined);
}

std::string ErrorOf(const TestVocab& source) {
  const auto read = Read(source);
  EXPECT_EQ(read.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(read.status().message());
}

TEST(Vocab, RefusesBrokenTables) {
  EXPECT_THAT(ErrorOf({}), HasSubstr("'tokenizer.ggml.tokens': missing"));

  TestVocab source = Abc();
  source.Add("b");
  EXPECT_THAT(ErrorOf(source), HasSubstr("tokens 1 and 4 have the same text"));

  source = Abc();
  source.types.pop_back();
  EXPECT_THAT(ErrorOf(source),
              HasSubstr("token_type': 3 entries for 4 tokens"));
}

TEST(Vocab, ByteTokensAreSpelledExactly) {
  TestVocab source = Abc();
  source.Add("<0xaF>", TokenKind::kByte);
  EXPECT_EQ(Read(source)->ByteOf(4), 0xAF);
  for (const char* text : {"<0x-1>", "<0x1>", "<0x100>", "<0xGG>", "x0x00>"}) {
    TestVocab wrong = Abc();
    wrong.Add(text, TokenKind::kByte);
    EXPECT_THAT(ErrorOf(wrong), HasSubstr(text));
  }
}

TEST(Vocab, SpecialIds) {
  TestVocab source = Abc();
  source.Set("tokenizer.ggml.bos_token_id", uint64_t{3});
  source.Set("tokenizer.ggml.add_eos_token", true);
  const auto read = Read(source, {.bos = 0, .eos = 1, .adds_bos = true});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->bos(), 3);
  EXPECT_EQ(read->eos(), 1);
  EXPECT_EQ(read->unknown(), std::nullopt);
  EXPECT_TRUE(read->adds_bos());
  EXPECT_TRUE(read->adds_eos());
}

TEST(Vocab, IdsOutsideAreIgnored) {
  TestVocab source = Abc();
  source.Set("tokenizer.ggml.bos_token_id", uint64_t{4});
  source.Set("tokenizer.ggml.eos_token_id", uint64_t{0xFFFFFFFF});
  source.Set("tokenizer.ggml.eot_token_id", uint64_t{9});
  std::vector<std::string> warnings;
  const auto read =
      Read(source, {.bos = 2, .eos = 11, .adds_bos = true, .adds_eos = true},
           &warnings);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->bos(), 2);
  EXPECT_EQ(read->eos(), std::nullopt);
  EXPECT_FALSE(read->adds_eos());
  EXPECT_THAT(warnings,
              ElementsAre(HasSubstr("bos_token_id': 4 is ignored"),
                          HasSubstr("eos_token_id': 4294967295 is ignored"),
                          HasSubstr("eot_token_id': 9 is ignored")));
}

TEST(Vocab, SpecialIdsAreIntegers) {
  TestVocab source = Abc();
  source.Set("tokenizer.ggml.bos_token_id", std::string_view("a"));
  EXPECT_THAT(ErrorOf(source), HasSubstr("tokenizer.ggml.bos_token_id"));
}

std::vector<TokenId> Ends(const TestVocab& source) {
  const auto read = Read(source);
  EXPECT_TRUE(read.ok()) << read.status();
  std::vector<TokenId> out;
  for (TokenId id = 0; read->Contains(id); ++id) {
    if (read->IsEndOfGeneration(id)) out.push_back(id);
  }
  return out;
}

TEST(Vocab, EndOfGeneration) {
  TestVocab source = Abc();                       // 0 to 3
  source.Add("</s>");                             // 4, ordinary
  source.Add("<|im_end|>", TokenKind::kControl);  // 5
  source.Add("<|eot_id|>", TokenKind::kControl);  // 6
  source.Add("<end_of_turn>", TokenKind::kUserDefined);
  source.Add("<|im_start|>", TokenKind::kControl);
  source.Set("tokenizer.ggml.eos_token_id", uint64_t{0});
  source.Set("tokenizer.ggml.fim_pad_token_id", uint64_t{3});
  EXPECT_THAT(Ends(source), ElementsAre(0, 3, 5, 6));
}

TEST(Vocab, EndOfAPartIsNotTheEnd) {
  TestVocab source;
  source.Add("<|end|>", TokenKind::kControl);
  source.Add("</s>", TokenKind::kControl);
  source.Add("<|return|>", TokenKind::kControl);
  EXPECT_THAT(Ends(source), ElementsAre(0, 1, 2));
  source.Add("<|call|>", TokenKind::kControl);
  source.Add("<|tool_response>", TokenKind::kControl);
  EXPECT_THAT(Ends(source), ElementsAre(2, 3, 4));
}

TEST(Vocab, ChatTemplate) {
  TestVocab source = Abc();
  EXPECT_EQ(Read(source)->chat_template(), "");
  source.Set("tokenizer.chat_template", std::string_view("{{ messages }}"));
  EXPECT_EQ(Read(source)->chat_template(), "{{ messages }}");
}

}  // namespace
}  // namespace tenon
