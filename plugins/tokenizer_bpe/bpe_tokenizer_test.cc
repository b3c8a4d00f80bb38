#include "tokenizer_bpe/bpe_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/test_vocab.h"
#include "tenon/utf8.h"

namespace tenon::bpe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The 256 bytes in order, each as the character that spells it.
void AddBytes(TestVocab& vocab) {
  const std::string_view strange =
      "\x7F\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8A\x8B\x8C\x8D\x8E\x8F"
      "\x90\x91\x92\x93\x94\x95\x96\x97\x98\x99\x9A\x9B\x9C\x9D\x9E\x9F\xA0"
      "\xAD";
  char32_t substitute = 0x100;
  for (int byte = 0; byte < 256; ++byte) {
    const bool is_strange =
        byte <= ' ' || strange.find(static_cast<char>(byte)) != strange.npos;
    std::string spelled;
    AppendUtf8(is_strange ? substitute++ : static_cast<char32_t>(byte),
               spelled);
    vocab.Add(spelled);
  }
}

TestVocab SmallVocab(std::string_view pre) {
  TestVocab vocab;
  AddBytes(vocab);
  vocab.merges = {"t h", "th e",  "Ġ the", "i n",   "in g", "Ġ c",
                  "a t", "Ġc at", "Ġ Ġ",   "ĠĠ ĠĠ", "1 2",  "12 3",
                  "Ã ©", "a a",   "aa aa", "Ċ Ċ"};
  for (const std::string& merge : vocab.merges) {
    std::string joined = merge;
    joined.erase(joined.find(' '), 1);
    vocab.Add(joined);
  }
  vocab.Add("Ġcats");  // no merge leads here
  vocab.Add("</s>");
  vocab.Add("<|go|>", TokenKind::kControl);
  vocab.Add("<tool>", TokenKind::kUserDefined);
  vocab.scores.clear();
  if (!pre.empty()) vocab.Set("tokenizer.ggml.pre", pre);
  return vocab;
}

std::unique_ptr<Tokenizer> Small(std::string_view pre) {
  auto tokenizer = BpeTokenizer::Create(SmallVocab(pre).ToMetadata(), {});
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.status();
  return *std::move(tokenizer);
}

// The texts of the tokens of `text`, with '|' between them.
std::string Tokens(std::string_view pre, std::string_view text,
                   bool parse_special = true) {
  const auto tokenizer = Small(pre);
  std::string out;
  for (const TokenId id :
       tokenizer->Encode(text, {.parse_special = parse_special})) {
    out.append(out.empty() ? "" : "|").append(tokenizer->Text(id));
  }
  return out;
}

// What was expected was computed with Python's regex module and its own merge
// loop, not with this code.
TEST(BpeTokenizer, MergesByRank) {
  EXPECT_EQ(Tokens("gpt-2", "the cats bathing"), "the|Ġcat|s|Ġ|b|a|th|ing");
  EXPECT_EQ(Tokens("gpt-2", "aaaaaaa        1234"),
            "aaaa|aa|a|ĠĠĠĠ|ĠĠ|Ġ|Ġ|123|4");
  EXPECT_EQ(Tokens("gpt-2", ""), "");
}

TEST(BpeTokenizer, WholePieces) {
  EXPECT_EQ(Tokens("llama-bpe", "the cats bathing"), "the|Ġcats|Ġ|b|a|th|ing");
}

TEST(BpeTokenizer, QwenNormalizesBetweenSpecialTokens) {
  EXPECT_EQ(Tokens("qwen2", "12 café cafe\u0301\n\n\n"),
            "1|2|Ġc|a|f|Ã©|Ġc|a|f|Ã©|ĊĊ|Ċ");
  EXPECT_EQ(Tokens("llama-bpe", "cafe\u0301"), "c|a|f|e|Ì|ģ");
  EXPECT_EQ(Tokens("qwen2", "e<tool>\u0301"), "e|<tool>|Ì|ģ");
}

TEST(BpeTokenizer, SpecialTokens) {
  EXPECT_EQ(Tokens("qwen2", "in<|go|> the<tool></s>か\u3099"),
            "in|<|go|>|Ġthe|<tool>|<|/|s|>|ã|ģ|Į");
  EXPECT_EQ(Tokens("qwen2", "in<|go|> the<tool></s>", false),
            "in|<|||g|o|||>|Ġthe|<tool>|<|/|s|>");
}

TEST(BpeTokenizer, IllFormedTextIsReplaced) {
  EXPECT_EQ(Tokens("gpt-2", "a\xE2\x82z"), "a|ï|¿|½|z");
  EXPECT_EQ(Tokens("gpt-2", "\xFF"), "ï|¿|½");
}

TEST(BpeTokenizer, DecodesBytes) {
  const auto tokenizer = Small("gpt-2");
  for (int byte = 0; byte < 256; ++byte) {
    std::string out;
    tokenizer->AppendBytes(byte, true, out);
    EXPECT_EQ(out, std::string(1, static_cast<char>(byte)));
  }
  const std::string text = " the cats\n\u00E9\u304B<tool><|go|></s>";
  const auto ids = tokenizer->Encode(text, {.parse_special = true});
  EXPECT_EQ(tokenizer->Decode(ids, true), text);
  EXPECT_EQ(tokenizer->Decode(ids, false), " the cats\n\u00E9\u304B<tool></s>");
}

TEST(BpeTokenizer, BosByPretokenizer) {
  for (const auto& [pre, adds] :
       {std::pair("llama-bpe", true), std::pair("tekken", true),
        std::pair("qwen2", false)}) {
    TestVocab vocab = SmallVocab(pre);
    EXPECT_FALSE((*BpeTokenizer::Create(vocab.ToMetadata(), {}))->adds_bos());
    vocab.Set("tokenizer.ggml.bos_token_id", uint64_t{7});
    const auto tokenizer = BpeTokenizer::Create(vocab.ToMetadata(), {});
    EXPECT_EQ((*tokenizer)->adds_bos(), adds) << pre;
    vocab.Set("tokenizer.ggml.add_bos_token", false);
    EXPECT_FALSE((*BpeTokenizer::Create(vocab.ToMetadata(), {}))->adds_bos());
  }
}

// Creates a tokenizer and returns its warnings.
std::vector<std::string> Warnings(const TestVocab& vocab) {
  std::vector<std::string> warnings;
  const auto tokenizer = BpeTokenizer::Create(
      vocab.ToMetadata(),
      [&](std::string_view message) { warnings.emplace_back(message); });
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.status();
  return warnings;
}

TEST(BpeTokenizer, WarnsOfWhatIsMissing) {
  EXPECT_THAT(Warnings(SmallVocab("gpt-2")), IsEmpty());
  EXPECT_THAT(Warnings(SmallVocab("")),
              ElementsAre(HasSubstr("'tokenizer.ggml.pre': missing")));

  TestVocab vocab = SmallVocab("gpt-2");
  vocab.merges.push_back("th ing");
  vocab.merges.push_back("q the");
  vocab.texts[0] = "zero";
  EXPECT_THAT(Warnings(vocab), ElementsAre(HasSubstr("entry 16, \"th ing\""),
                                           HasSubstr("1 of the 256 bytes")));
}

TEST(BpeTokenizer, MissingPretokenizerIsDefault) {
  EXPECT_EQ(Tokens("", "a+12345"), "a|+|123|4|5");
}

TEST(BpeTokenizer, UnknownPretokenizer) {
  const auto status =
      BpeTokenizer::Create(SmallVocab("klingon").ToMetadata(), {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(status.message()),
              testing::AllOf(HasSubstr("'tokenizer.ggml.pre'"),
                             HasSubstr("\"klingon\""), HasSubstr("qwen35")));
}

TEST(BpeTokenizer, MalformedMerges) {
  for (const char* merge : {"", "ab", "ab ", " ab"}) {
    TestVocab vocab = SmallVocab("gpt-2");
    vocab.merges.push_back(merge);
    const auto status = BpeTokenizer::Create(vocab.ToMetadata(), {}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << merge;
    EXPECT_THAT(std::string(status.message()), HasSubstr("entry 16"));
  }
}

TEST(BpeTokenizer, FirstOfDuplicateMergesCounts) {
  TestVocab vocab = SmallVocab("gpt-2");
  vocab.merges = {"a a", "a t", "a a"};
  const auto tokenizer = BpeTokenizer::Create(vocab.ToMetadata(), {});
  const auto ids = (*tokenizer)->Encode("aat", {});
  EXPECT_EQ((*tokenizer)->Text(ids[0]), "aa");
}

TEST(BpeTokenizer, LongRunsComeBack) {
  const size_t size = 20'000;
  for (const Pretokenizer& pretokenizer : Pretokenizers()) {
    const auto tokenizer = Small(pretokenizer.names[0]);
    for (const char* unit : {"a", "A", " ", "\n", "7", "!", "\u0301", "日"}) {
      std::string text;
      while (text.size() < size) text += unit;
      text += "x";
      const auto ids = tokenizer->Encode(text, {});
      if (!pretokenizer.normalizes) {
        EXPECT_EQ(tokenizer->Decode(ids, false), text);
      }
    }
  }
}

}  // namespace
}  // namespace tenon::bpe
