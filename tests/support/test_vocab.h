// Small vocabularies for tests, as the metadata of a file.
#ifndef TENON_TESTS_SUPPORT_TEST_VOCAB_H_
#define TENON_TESTS_SUPPORT_TEST_VOCAB_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenon/metadata.h"
#include "tenon/tokenizer.h"

namespace tenon {

// Fill it, then take its metadata.
// Example:
//   TestVocab vocab;
//   vocab.Add("a");
//   vocab.Add("<|end|>", TokenKind::kControl);
//   vocab.Set("tokenizer.ggml.eos_token_id", uint64_t{1});
//   const Metadata metadata = vocab.ToMetadata();  // borrows from vocab
struct TestVocab {
  std::vector<std::string> texts;
  std::vector<int32_t> types;  // empty: none in the file
  std::vector<float> scores;   // empty: none in the file
  std::vector<std::string> merges;
  std::vector<std::pair<std::string, MetaValue>> others;

  TokenId Add(std::string text, TokenKind kind = TokenKind::kNormal,
              float score = 0) {
    texts.push_back(std::move(text));
    types.push_back(static_cast<int32_t>(kind));
    scores.push_back(score);
    return static_cast<TokenId>(texts.size() - 1);
  }

  void Set(std::string key, MetaValue value) {
    others.emplace_back(std::move(key), std::move(value));
  }

  Metadata ToMetadata() const {
    using Element = NumberArray::Element;
    Metadata metadata;
    const auto put = [&](std::string_view key, MetaValue value) {
      metadata.Add(key, std::move(value)).IgnoreError();
    };
    put("tokenizer.ggml.tokens", Views(texts));
    if (!types.empty()) {
      put("tokenizer.ggml.token_type", Numbers(types, Element::kInt));
    }
    if (!scores.empty()) {
      put("tokenizer.ggml.scores", Numbers(scores, Element::kFloat));
    }
    if (!merges.empty()) put("tokenizer.ggml.merges", Views(merges));
    for (const auto& [key, value] : others) put(key, value);
    return metadata;
  }

 private:
  static std::vector<std::string_view> Views(
      const std::vector<std::string>& strings) {
    return {strings.begin(), strings.end()};
  }

  template <typename T>
  static NumberArray Numbers(const std::vector<T>& values,
                             NumberArray::Element element) {
    return {element, sizeof(T), std::as_bytes(std::span(values))};
  }
};

}  // namespace tenon

#endif  // TENON_TESTS_SUPPORT_TEST_VOCAB_H_
