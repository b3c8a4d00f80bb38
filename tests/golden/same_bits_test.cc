// The model that ships gives the same bytes wherever this test runs: natively
// and as WebAssembly, whatever the compiler, the processor or the C library.
// Unlike the other tests of this folder it does not say that they are right.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "support/engine.h"
#include "tenon/model.h"
#include "tenon/session.h"

namespace tenon {
namespace {

constexpr char kPrompt[] = "Once upon a time";
constexpr int kTokens = 48;

// FNV-1a of 64 bits, over the bytes of all numbers in order.
class Fingerprint {
 public:
  void Add(std::span<const float> numbers) {
    for (const std::byte b : std::as_bytes(numbers))
      hash_ = (hash_ ^ static_cast<uint8_t>(b)) * 0x100000001b3u;
  }
  uint64_t value() const { return hash_; }

 private:
  uint64_t hash_ = 0xcbf29ce484222325u;
};

struct Result {
  std::string text;
  uint64_t logits = 0;  // the fingerprint of every row
};

TokenId Best(std::span<const float> logits) {
  return static_cast<TokenId>(std::ranges::max_element(logits) -
                              logits.begin());
}

// The prompt, then the best token kTokens times.
StatusOr<Result> ContinueText(const LoadOptions& options) {
  TENON_ASSIGN_OR_RETURN(const Registry registry,
                         testing_support::LinkedRegistry(/*executors=*/true));
  TENON_ASSIGN_OR_RETURN(
      ModelFile file,
      OpenModelFile(registry, TENON_SOURCE_DIR "/models/tiny-llama.gguf"));
  TENON_ASSIGN_OR_RETURN(const std::shared_ptr<const Model> model,
                         Model::Load(registry, std::move(file), options));
  TENON_ASSIGN_OR_RETURN(const std::unique_ptr<Session> session,
                         Session::Create(model, {}));
  Fingerprint fingerprint;
  FeedOptions feed;
  feed.every_row = [&](const OutputRow& row) { fingerprint.Add(row.logits); };

  std::vector<TokenId> next = model->tokenizer()->Encode(kPrompt, {});
  for (int i = 0; i <= kTokens; ++i) {
    TENON_ASSIGN_OR_RETURN(const auto logits, session->Feed(next, feed));
    next = {Best(logits)};
  }
  return Result{model->tokenizer()->Decode(session->tokens(), false),
                fingerprint.value()};
}

// In both runs.
constexpr char kText[] =
    "Once upon a time, there was a patient girl named Jane. She lived in a "
    "little house by the sea. Jane liked playing in the rain more than "
    "anything else. One day her friend Bramble had a new pink toy boat. "
    "Everyone wanted to see it.";

TEST(SameBits, WithActivationsOfInt8) {
  const auto result = ContinueText({});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->text, kText);
  EXPECT_EQ(result->logits, 0xb7e8bc8b07d562e0u);
}

TEST(SameBits, WithActivationsAndCacheOfF32) {
  const auto result =
      ContinueText({.activations = Activations::kF32, .cache = DType::kF32});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->text, kText);
  EXPECT_EQ(result->logits, 0xc93fffcbe4577e73u);
}

}  // namespace
}  // namespace tenon
