// Runs the vectors of ../shared/tokenizers, where they are, over each
// vocabulary that is found beside them or in TENON_VOCAB_DIR.
//
// Left out, because a GGUF file does not hold what would decide them: cases
// marked "literal-u2581" (Gemma's converter writes U+2581 as plain spaces).
#include <gtest/gtest.h>

#include <cstdio>

#include "absl/strings/escaping.h"
#include "tokenizer/sha256.h"
#include "tokenizer/vectors.h"
#include "tokenizer_bpe/pretokenizer.h"

namespace tenon {
namespace {

using Ids = std::vector<TokenId>;

constexpr EncodeOptions kParse{.add_special = false, .parse_special = true};
constexpr EncodeOptions kPlain{.add_special = false, .parse_special = false};
constexpr EncodeOptions kWithBos{.add_special = true, .parse_special = true};

bool NeedsMoreThanGguf(const Json& vector) {
  for (const Json& alt : vector.value("alt", Json::array())) {
    if (alt["why"] == "literal-u2581") return true;
  }
  return false;
}

std::string Unbase64(const Json& value) {
  std::string out;
  EXPECT_TRUE(absl::Base64Unescape(value.get<std::string>(), &out)) << value;
  return out;
}

class SharedVectors : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::string name = GetParam();
    auto vectors = ReadJson(SharedPath("tokenizers/vectors/" + name + ".json"));
    if (!vectors) GTEST_SKIP() << "no vectors";
    vectors_ = *std::move(vectors);
    tokenizer_ = LoadTokenizer(VocabPath(name));
    if (!tokenizer_) GTEST_SKIP() << "no vocabulary";
  }

  const Json& Section(const char* name) {
    const Json& section = vectors_[name];
    std::printf("%s %s: %zu\n", GetParam(), name, section.size());
    return section;
  }

  Json vectors_;
  std::unique_ptr<Tokenizer> tokenizer_;
};

TEST_P(SharedVectors, Header) {
  EXPECT_EQ(tokenizer_->vocab_size(), vectors_["n_tokens"]);
  EXPECT_EQ(tokenizer_->bos(), vectors_["bos"].get<TokenId>());
  EXPECT_EQ(tokenizer_->eos(), vectors_["eos"].get<TokenId>());
  EXPECT_EQ(tokenizer_->adds_bos(), vectors_["add_bos"].get<bool>());
  int byte = 0;
  for (const Json& id : Section("byte_tokens")) {
    std::string out;
    tokenizer_->AppendBytes(id, true, out);
    EXPECT_EQ(out, std::string(1, static_cast<char>(byte++)));
  }
}

TEST_P(SharedVectors, Encode) {
  for (const Json& vector : Section("cases")) {
    if (NeedsMoreThanGguf(vector)) continue;
    const auto text = vector["text"].get<std::string>();
    const Ids ids = vector["ids"];
    EXPECT_EQ(tokenizer_->Encode(text, kParse), ids) << vector;
    EXPECT_EQ(tokenizer_->Encode(text, kPlain),
              vector.value("plain", vector["ids"]).get<Ids>())
        << vector;
  }
  for (const Json& vector : Section("bos_cases")) {
    EXPECT_EQ(tokenizer_->Encode(vector["text"].get<std::string>(), kWithBos),
              vector["ids"].get<Ids>())
        << vector;
  }
}

TEST_P(SharedVectors, IllFormedText) {
  for (const Json& vector : Section("invalid_utf8")) {
    for (const TokenId id : tokenizer_->Encode(Unbase64(vector["b64"]), {})) {
      EXPECT_GE(id, 0) << vector;
      EXPECT_LT(id, static_cast<TokenId>(tokenizer_->vocab_size())) << vector;
    }
  }
}

TEST_P(SharedVectors, Decode) {
  for (const Json& vector : Section("detok")) {
    const Ids ids = vector["ids"];
    std::string all, text;
    for (const TokenId id : ids) {
      tokenizer_->AppendBytes(id, true, all);
      tokenizer_->AppendBytes(id, false, text);
    }
    EXPECT_EQ(all, Unbase64(vector["b64"])) << vector;
    EXPECT_EQ(text, Unbase64(vector.value("b64_skip_special", vector["b64"])))
        << vector;
    const std::string whole =
        vector.contains("b64_whole") ? Unbase64(vector["b64_whole"]) : text;
    EXPECT_EQ(tokenizer_->Decode(ids, false), whole) << vector;
  }
}

TEST_P(SharedVectors, Stream) {
  for (const Json& vector : Section("detok")) {
    Utf8Stream stream;
    std::vector<std::string> emitted;
    for (const TokenId id : vector["ids"].get<Ids>()) {
      std::string bytes;
      tokenizer_->AppendBytes(id, false, bytes);
      emitted.push_back(stream.Push(bytes));
    }
    const std::string last = stream.Flush();
    EXPECT_EQ(!last.empty(), vector["flush"].get<bool>()) << vector;
    if (!last.empty()) emitted.push_back(last);
    EXPECT_EQ(emitted, vector["stream"].get<std::vector<std::string>>())
        << vector;
  }
}

TEST_P(SharedVectors, Stress) {
  if (!vectors_.contains("stress")) GTEST_SKIP() << "no such section";
  for (const Json& vector : Section("stress")) {
    const auto unit = vector["unit"].get<std::string>();
    std::string text;
    for (int i = vector["repeat"]; i > 0; --i) text += unit;
    const Ids ids = tokenizer_->Encode(text, kParse);
    EXPECT_EQ(ids.size(), vector["n_ids"]) << vector;
    std::string bytes;
    for (const TokenId id : ids) {
      for (int shift = 0; shift < 32; shift += 8) {
        bytes.push_back(static_cast<char>(id >> shift));
      }
    }
    EXPECT_EQ(Sha256(bytes), vector["sha256"].get<std::string>()) << vector;
  }
}

INSTANTIATE_TEST_SUITE_P(All, SharedVectors,
                         testing::Values("gpt-2", "llama-spm", "phi-3",
                                         "llama-bpe", "qwen2", "qwen3",
                                         "qwen35-regex", "tekken", "gemma3",
                                         "mistral-spm"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(SharedPretokenizerVectors, Pieces) {
  const auto vectors = ReadJson(SharedPath("tokenizers/vectors/pretok.json"));
  if (!vectors) GTEST_SKIP() << "no vectors";
  int checks = 0;
  for (const Json& vector : (*vectors)["cases"]) {
    const auto text = vector["text"].get<std::string>();
    for (const auto& [name, lengths] : vector["lens"].items()) {
      const auto* pretokenizer = bpe::FindPretokenizer(name);
      ASSERT_NE(pretokenizer, nullptr) << name;
      uint32_t end = 0;
      std::vector<uint32_t> ends;
      for (const uint32_t length : lengths) ends.push_back(end += length);
      EXPECT_EQ(bpe::PieceEnds(*pretokenizer, text), ends) << name << vector;
      ++checks;
    }
  }
  std::printf("pretok: %d\n", checks);
}

}  // namespace
}  // namespace tenon
