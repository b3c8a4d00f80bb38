// Arbitrary text through small vocabularies with every pre-tokenizer, and
// through arbitrary vocabularies: ids stay in range, streams are well-formed,
// and where a vocabulary has all bytes a well-formed text comes back.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/test_vocab.h"
#include "tenon/registry.h"
#include "tenon/utf8.h"

namespace tenon {
namespace {

// Names of all rules of tokenizer_bpe, and one that it does not know.
constexpr std::string_view kPres[] = {
    "default",      "gpt-2",          "smollm",      "llama-bpe", "dbrx",
    "qwen2",        "qwen35",         "stablelm2",   "tekken",    "gpt-4o",
    "deepseek-llm", "deepseek-coder", "deepseek-v3", "unknown"};

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

// nullptr if the plugin refuses the vocabulary.
std::unique_ptr<Tokenizer> Create(std::string_view model,
                                  const TestVocab& vocab) {
  const Metadata metadata = vocab.ToMetadata();
  for (const Plugin* plugin : LinkedPlugins()) {
    if (plugin->kind != PluginKind::kTokenizer) continue;
    const TokenizerFactory& factory = AsTokenizer(*plugin);
    if (factory.models.front() != model) continue;
    auto tokenizer = factory.create(metadata, [](std::string_view) {});
    if (tokenizer.ok()) return *std::move(tokenizer);
    Require(!tokenizer.status().message().empty(), "errors have a message");
  }
  return nullptr;
}

void AddMarkers(TestVocab& vocab) {
  vocab.Add("<|go|>", TokenKind::kControl);
  vocab.Add("<|go|><|on|>", TokenKind::kControl);
  vocab.Add("<tool>", TokenKind::kUserDefined);
}

std::unique_ptr<Tokenizer> SmallBpe(std::string_view pre) {
  TestVocab vocab;
  char32_t substitute = 0x100;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool as_it_is = (byte > 0x20 && byte < 0x7F) ||
                          (byte > 0xA0 && byte < 0x100 && byte != 0xAD);
    std::string spelled;
    AppendUtf8(as_it_is ? byte : substitute++, spelled);
    vocab.Add(spelled);
  }
  vocab.merges = {"a a", "aa aa", "t h", "th e", "Ġ the", "Ġ Ġ", "1 2", "Ã ©"};
  for (std::string merge : vocab.merges) {
    vocab.Add(merge.erase(merge.find(' '), 1));
  }
  AddMarkers(vocab);
  vocab.Set("tokenizer.ggml.pre", pre);
  return Create("gpt2", vocab);
}

std::unique_ptr<Tokenizer> SmallSpm(bool adds_space) {
  TestVocab vocab;
  for (int byte = 0; byte < 256; ++byte) {
    char text[8];
    std::snprintf(text, sizeof(text), "<0x%02X>", byte);
    vocab.Add(text, TokenKind::kByte);
  }
  float score = 0;
  for (const char* text : {"▁", "a", "aa", "▁▁", "▁a", "th", "the", "▁the"}) {
    vocab.Add(text, TokenKind::kNormal, score -= 1);
  }
  vocab.Set("tokenizer.ggml.add_space_prefix", adds_space);
  if (!adds_space) AddMarkers(vocab);
  return Create("llama", vocab);
}

void CheckIdsAndStream(const Tokenizer& tokenizer, std::string_view text) {
  for (const bool parse : {false, true}) {
    Utf8Stream stream;
    for (const TokenId id : tokenizer.Encode(text, {.parse_special = parse})) {
      Require(id >= 0 && static_cast<uint32_t>(id) < tokenizer.vocab_size(),
              "ids are in range");
      std::string bytes;
      tokenizer.AppendBytes(id, parse, bytes);
      Require(IsWellFormedUtf8(stream.Push(bytes)), "streams are well-formed");
    }
    Require(IsWellFormedUtf8(stream.Flush()), "streams end well-formed");
  }
}

void CheckRoundTrip(const Tokenizer& tokenizer, std::string_view text) {
  const auto ids =
      tokenizer.Encode(text, {.add_special = false, .parse_special = true});
  Require(tokenizer.Decode(ids, true) == text, "text comes back");
}

void CheckSmallVocabs(std::string_view text) {
  const bool is_well_formed = IsWellFormedUtf8(text);
  for (const std::string_view pre : kPres) {
    static auto& cache = *new std::vector<
        std::pair<std::string_view, std::unique_ptr<Tokenizer>>>;
    auto it = cache.begin();
    while (it != cache.end() && it->first != pre) ++it;
    if (it == cache.end()) it = cache.emplace(it, pre, SmallBpe(pre));
    if (it->second == nullptr) continue;
    CheckIdsAndStream(*it->second, text);
    const bool normalizes = pre.starts_with("qwen");
    if (is_well_formed && !normalizes) CheckRoundTrip(*it->second, text);
  }
  static const auto& with_space = *SmallSpm(true).release();
  static const auto& without_space = *SmallSpm(false).release();
  // U+2581 is how these vocabularies spell a space.
  const bool comes_back = text.find("\u2581") == text.npos;
  for (const Tokenizer* tokenizer : {&with_space, &without_space}) {
    CheckIdsAndStream(*tokenizer, text);
    if (comes_back) CheckRoundTrip(*tokenizer, text);
  }
}

// Takes the bytes up to the next NUL.
std::string_view TakeField(std::string_view& input) {
  const std::string_view field = input.substr(0, input.find('\0'));
  input.remove_prefix(std::min(input.size(), field.size() + 1));
  return field;
}

// Fields: the text, then tokens and merges, each after a byte that says which.
void CheckArbitraryVocab(std::string_view input) {
  const std::string_view text = TakeField(input);
  TestVocab vocab;
  while (!input.empty()) {
    const std::string_view field = TakeField(input);
    const auto kind = static_cast<uint8_t>(field.empty() ? 1 : field[0]);
    const std::string rest(field.substr(std::min<size_t>(field.size(), 1)));
    float score = 0;
    std::memcpy(&score, rest.data(), std::min(rest.size(), sizeof(score)));
    if (kind >= 0x80) {
      vocab.merges.push_back(rest);
    } else {
      vocab.Add(rest, static_cast<TokenKind>(kind % 8), score);
    }
  }
  vocab.Set("tokenizer.ggml.bos_token_id", uint64_t{text.size()});
  vocab.Set("tokenizer.ggml.add_bos_token", true);
  vocab.Set("general.name", text);
  vocab.Set("tokenizer.ggml.pre", kPres[text.size() % std::size(kPres)]);
  for (const char* model : {"gpt2", "llama"}) {
    const auto tokenizer = Create(model, vocab);
    if (tokenizer != nullptr) CheckIdsAndStream(*tokenizer, text);
  }
}

}  // namespace
}  // namespace tenon

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  tenon::CheckSmallVocabs(input);
  tenon::CheckArbitraryVocab(input);
  return 0;
}
