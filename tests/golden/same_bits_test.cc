// The models that ship give the same bytes wherever this test runs: natively
// and as WebAssembly, whatever the compiler, the processor or the C library.
// Unlike the other tests of this folder it does not say that they are right.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
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
StatusOr<Result> ContinueText(std::string_view file,
                              const LoadOptions& options) {
  TENON_ASSIGN_OR_RETURN(const Registry registry,
                         testing_support::LinkedRegistry(/*executors=*/true));
  TENON_ASSIGN_OR_RETURN(
      ModelFile opened,
      OpenModelFile(registry, absl::StrCat(TENON_SOURCE_DIR "/models/", file)));
  TENON_ASSIGN_OR_RETURN(const std::shared_ptr<const Model> model,
                         Model::Load(registry, std::move(opened), options));
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

const LoadOptions kAllF32{.activations = Activations::kF32,
                          .cache = DType::kF32};

void ExpectSame(std::string_view file, const LoadOptions& options,
                std::string_view text, uint64_t logits) {
  const auto result = ContinueText(file, options);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->text, text);
  EXPECT_EQ(result->logits, logits);
}

// With either kind of activations.
constexpr char kLlamaText[] =
    "Once upon a time, there was a lively girl named Luna. She lived in a "
    "little house by the sea with her family. Luna loved to play in the "
    "mud. One day Luna was walking by the water and found a bottle. There "
    "was a letter";
constexpr char kHybridText[] =
    "Once upon a time, there was a cheerful boy named Alex. He lived in a "
    "little town near the lake. Alex liked playing in the rain more than "
    "anything else. One day Alex was walking by the water and found a "
    "bottle. There was a letter in";

TEST(SameBits, LlamaWithActivationsOfInt8) {
  ExpectSame("tiny-llama.gguf", {}, kLlamaText, 0xb85dfb2bab7f810eu);
}

TEST(SameBits, LlamaWithActivationsAndCacheOfF32) {
  ExpectSame("tiny-llama.gguf", kAllF32, kLlamaText, 0xb9e8bb6738af270bu);
}

TEST(SameBits, HybridWithActivationsOfInt8) {
  ExpectSame("tiny-deltanet.gguf", {}, kHybridText, 0x876c05592ad31966u);
}

TEST(SameBits, HybridWithActivationsAndCacheOfF32) {
  ExpectSame("tiny-deltanet.gguf", kAllF32, kHybridText, 0x1fb44c49f1a70c6au);
}

}  // namespace
}  // namespace tenon
