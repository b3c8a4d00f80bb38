#include "tenon/vocab.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <span>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace tenon {
namespace {

constexpr std::string_view kTokens = "tokenizer.ggml.tokens";
constexpr std::string_view kTypes = "tokenizer.ggml.token_type";

// Several times the largest vocabulary in use.
constexpr size_t kMaxTokens = size_t{1} << 24;

template <typename... Parts>
Status Invalid(std::string_view key, const Parts&... parts) {
  return absl::InvalidArgumentError(absl::StrCat("'", key, "': ", parts...));
}

std::string Quoted(std::string_view text) {
  return absl::StrCat("\"", absl::CHexEscape(text.substr(0, 60)), "\"");
}

TokenKind KindOf(int32_t type) {
  return type >= 0 && type <= 6 ? static_cast<TokenKind>(type)
                                : TokenKind::kUndefined;
}

// The value of a hexadecimal digit, or -1.
int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool IsByteText(std::string_view text) {
  return text.size() == 6 && text.substr(0, 3) == "<0x" &&
         HexDigit(text[3]) >= 0 && HexDigit(text[4]) >= 0 && text[5] == '>';
}

// Reads the id that `key` holds; absent or outside the vocabulary:
// `otherwise`, if that is inside.
StatusOr<std::optional<TokenId>> ReadId(const Metadata& metadata,
                                        std::string_view key,
                                        std::optional<TokenId> otherwise,
                                        const Vocab& vocab,
                                        const LogHook& log) {
  if (otherwise && !vocab.Contains(*otherwise)) otherwise.reset();
  if (!metadata.Has(key)) return otherwise;
  TENON_ASSIGN_OR_RETURN(const uint32_t id, metadata.U32(key));
  if (id < vocab.size()) return static_cast<TokenId>(id);
  Warn(log, absl::StrCat("'", key, "': ", id, " is ignored: there are ",
                         vocab.size(), " tokens"));
  return otherwise;
}

constexpr std::string_view kEndIdKeys[] = {
    "tokenizer.ggml.eot_token_id",     "tokenizer.ggml.eom_token_id",
    "tokenizer.ggml.fim_pad_token_id", "tokenizer.ggml.fim_rep_token_id",
    "tokenizer.ggml.fim_sep_token_id",
};

constexpr std::string_view kEndTexts[] = {
    "<|eot_id|>",
    "<|im_end|>",
    "<|end|>",
    "<|return|>",
    "<|call|>",
    "<|flush|>",
    "<|calls|>",
    "<end_of_turn>",
    "<|endoftext|>",
    "</s>",
    "<|eom_id|>",
    "<EOT>",
    "_<EOT>",
    "[EOT]",
    "[EOS]",
    "<|end_of_text|>",
    "<end_of_utterance>",
    "<eos>",
    "<turn|>",
    "<|tool_response>",
    "<｜end▁of▁sentence｜>",
    "[e~[",
};

// Some families have a marker of the list that ends a part of a turn only.
bool EndsOnlyAPart(const Vocab& vocab, std::string_view text) {
  const auto has = [&](std::string_view other) {
    return vocab.Find(other).has_value();
  };
  if (text == "<|end|>") {
    return (has("<|return|>") && has("<|call|>")) ||
           (has("<|calls|>") && has("<|flush|>"));
  }
  return text == "</s>" && has("<|tool_response>");
}

}  // namespace

StatusOr<Vocab> Vocab::Create(const Metadata& metadata,
                              const VocabDefaults& defaults,
                              const LogHook& log) {
  Vocab vocab;
  TENON_RETURN_IF_ERROR(vocab.ReadTexts(metadata));
  TENON_RETURN_IF_ERROR(vocab.ReadKinds(metadata));
  TENON_RETURN_IF_ERROR(vocab.ReadSpecialIds(metadata, defaults, log));
  TENON_RETURN_IF_ERROR(vocab.FindEndOfGeneration(metadata, log));
  TENON_ASSIGN_OR_RETURN(const std::string_view chat_template,
                         metadata.StringOr("tokenizer.chat_template", ""));
  vocab.chat_template_ = std::string(chat_template);
  return vocab;
}

Status Vocab::ReadTexts(const Metadata& metadata) {
  TENON_ASSIGN_OR_RETURN(const auto tokens, metadata.Strings(kTokens));
  if (tokens.empty()) return Invalid(kTokens, "missing or empty");
  if (tokens.size() > kMaxTokens) {
    return Invalid(kTokens, tokens.size(), " tokens, more than ", kMaxTokens);
  }

  std::vector<std::string> names;  // of the tokens without a text
  uint64_t bytes = 0;
  for (size_t id = 0; id < tokens.size(); ++id) {
    if (tokens[id].empty()) names.push_back(absl::StrCat("[EMPTY_", id, "]"));
    bytes += tokens[id].empty() ? names.back().size() : tokens[id].size();
  }
  if (bytes > std::numeric_limits<uint32_t>::max()) {
    return Invalid(kTokens, bytes, " bytes of text, more than 4 GiB");
  }

  pool_.reset(new (std::nothrow) char[static_cast<size_t>(bytes)]);
  if (pool_ == nullptr) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "'", kTokens, "': no memory for ", bytes, " bytes of text"));
  }
  starts_.reserve(tokens.size() + 1);
  starts_.push_back(0);
  ids_.reserve(tokens.size());
  auto name = names.begin();
  for (size_t id = 0; id < tokens.size(); ++id) {
    const std::string_view text = tokens[id].empty() ? *name++ : tokens[id];
    char* const start = pool_.get() + starts_.back();
    std::memcpy(start, text.data(), text.size());
    starts_.push_back(starts_.back() + static_cast<uint32_t>(text.size()));
    longest_ = std::max(longest_, text.size());
    const auto [twin, is_new] = ids_.try_emplace(
        std::string_view(start, text.size()), static_cast<TokenId>(id));
    if (!is_new) {
      return Invalid(kTokens, "tokens ", twin->second, " and ", id,
                     " have the same text ", Quoted(text));
    }
  }
  return absl::OkStatus();
}

Status Vocab::ReadKinds(const Metadata& metadata) {
  const size_t count = starts_.size() - 1;
  kinds_.assign(count, TokenKind::kNormal);
  if (!metadata.Has(kTypes)) return absl::OkStatus();
  TENON_ASSIGN_OR_RETURN(const auto types, metadata.Ints(kTypes));
  if (types.size() != count) {
    return Invalid(kTypes, types.size(), " entries for ", count, " tokens");
  }
  std::transform(types.begin(), types.end(), kinds_.begin(), KindOf);
  for (TokenId id = 0; Contains(id); ++id) {
    if (Kind(id) == TokenKind::kByte && !IsByteText(Text(id))) {
      return Invalid(kTypes, "token ", id, " is a byte, but its text is ",
                     Quoted(Text(id)), ", not \"<0xNN>\"");
    }
  }
  return absl::OkStatus();
}

Status Vocab::ReadSpecialIds(const Metadata& metadata,
                             const VocabDefaults& defaults,
                             const LogHook& log) {
  TENON_ASSIGN_OR_RETURN(bos_, ReadId(metadata, "tokenizer.ggml.bos_token_id",
                                      defaults.bos, *this, log));
  TENON_ASSIGN_OR_RETURN(eos_, ReadId(metadata, "tokenizer.ggml.eos_token_id",
                                      defaults.eos, *this, log));
  TENON_ASSIGN_OR_RETURN(unknown_,
                         ReadId(metadata, "tokenizer.ggml.unknown_token_id",
                                defaults.unknown, *this, log));
  TENON_ASSIGN_OR_RETURN(
      adds_bos_,
      metadata.BoolOr("tokenizer.ggml.add_bos_token", defaults.adds_bos));
  TENON_ASSIGN_OR_RETURN(
      adds_eos_,
      metadata.BoolOr("tokenizer.ggml.add_eos_token", defaults.adds_eos));
  adds_bos_ &= bos_.has_value();
  adds_eos_ &= eos_.has_value();
  return absl::OkStatus();
}

Status Vocab::FindEndOfGeneration(const Metadata& metadata,
                                  const LogHook& log) {
  if (eos_) end_of_generation_.push_back(*eos_);
  for (const std::string_view key : kEndIdKeys) {
    TENON_ASSIGN_OR_RETURN(const auto id,
                           ReadId(metadata, key, std::nullopt, *this, log));
    if (id) end_of_generation_.push_back(*id);
  }
  for (const std::string_view text : kEndTexts) {
    const auto id = Find(text);
    if (id && Kind(*id) == TokenKind::kControl && !EndsOnlyAPart(*this, text)) {
      end_of_generation_.push_back(*id);
    }
  }
  std::sort(end_of_generation_.begin(), end_of_generation_.end());
  return absl::OkStatus();
}

uint8_t Vocab::ByteOf(TokenId id) const {
  const std::string_view text = Text(id);
  return static_cast<uint8_t>(HexDigit(text[3]) * 16 + HexDigit(text[4]));
}

std::optional<TokenId> Vocab::Find(std::string_view text) const {
  const auto it = ids_.find(text);
  if (it == ids_.end()) return std::nullopt;
  return it->second;
}

bool Vocab::IsEndOfGeneration(TokenId id) const {
  return std::binary_search(end_of_generation_.begin(),
                            end_of_generation_.end(), id);
}

}  // namespace tenon
