#include "tenon/vocab_tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/test_vocab.h"

namespace tenon {
namespace {

using testing::ElementsAre;

// Encodes each part as its length + 1000, and ordinary tokens as a dot.
class PartsTokenizer final : public VocabTokenizer {
 public:
  explicit PartsTokenizer(const Metadata& metadata)
      : VocabTokenizer(
            *Vocab::Create(metadata, {.bos = 0, .eos = 1}, LogHook{}),
            metadata) {}

 protected:
  void EncodeText(std::string_view text,
                  std::vector<TokenId>& out) const override {
    out.push_back(static_cast<TokenId>(1000 + text.size()));
  }
  void AppendOrdinary(TokenId, std::string& out) const override { out += "."; }
};

TestVocab Source() {
  TestVocab source;
  source.Add("<s>", TokenKind::kControl);         // 0
  source.Add("<e>", TokenKind::kControl);         // 1
  source.Add("<unk>", TokenKind::kUnknown);       // 2
  source.Add("<tool>", TokenKind::kUserDefined);  // 3
  source.Add("word");                             // 4
  source.Add("<0x0A>", TokenKind::kByte);         // 5
  source.Add("[PAD]", TokenKind::kUnused);        // 6
  return source;
}

TEST(VocabTokenizer, PartsBetweenSpecialTokens) {
  const PartsTokenizer tokenizer(Source().ToMetadata());
  const EncodeOptions parse{.add_special = false, .parse_special = true};
  EXPECT_THAT(tokenizer.Encode("ab<e><tool> c<unk>", parse),
              ElementsAre(1002, 1, 3, 1002, 2));
  EXPECT_THAT(tokenizer.Encode("", parse), ElementsAre());
}

TEST(VocabTokenizer, PlainTextNamesUserDefinedTokensOnly) {
  const PartsTokenizer tokenizer(Source().ToMetadata());
  const EncodeOptions plain{.add_special = false, .parse_special = false};
  EXPECT_THAT(tokenizer.Encode("ab<e><tool> c<unk>", plain),
              ElementsAre(1005, 3, 1007));
}

TEST(VocabTokenizer, AddsBosAndEosWhereTheFileSays) {
  TestVocab source = Source();
  EXPECT_THAT(PartsTokenizer(source.ToMetadata()).Encode("x", {}),
              ElementsAre(1001));
  source.Set("tokenizer.ggml.add_bos_token", true);
  source.Set("tokenizer.ggml.add_eos_token", true);
  const PartsTokenizer tokenizer(source.ToMetadata());
  EXPECT_THAT(tokenizer.Encode("x", {}), ElementsAre(0, 1001, 1));
  EXPECT_THAT(tokenizer.Encode("", {}), ElementsAre(0, 1));
  EXPECT_THAT(tokenizer.Encode("x", {.add_special = false}), ElementsAre(1001));
}

TEST(VocabTokenizer, Phi3DropsSpaceAfterSpecialTokens) {
  TestVocab source = Source();
  source.Set("general.name", std::string_view("Phi-3 mini"));
  const EncodeOptions parse{.add_special = false, .parse_special = true};
  EXPECT_THAT(PartsTokenizer(source.ToMetadata())
                  .Encode("<e> \n\u3000x<s> x<unk> <tool> ", parse),
              ElementsAre(1, 1001, 0, 1002, 2, 1001, 3));
}

TEST(VocabTokenizer, BytesByKind) {
  const PartsTokenizer tokenizer(Source().ToMetadata());
  const std::vector<TokenId> all = {0, 1, 2, 3, 4, 5, 6, -1, 7};
  EXPECT_EQ(tokenizer.Decode(all, true), "<s><e><unk><tool>.\n[PAD]");
  EXPECT_EQ(tokenizer.Decode(all, false), "<tool>.\n[PAD]");
}

}  // namespace
}  // namespace tenon
