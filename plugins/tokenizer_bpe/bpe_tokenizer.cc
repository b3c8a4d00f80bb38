#include "tokenizer_bpe/bpe_tokenizer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tenon/merge_symbols.h"
#include "tenon/utf8.h"
#include "tokenizer_bpe/byte_alphabet.h"
#include "tokenizer_bpe/nfc.h"

namespace tenon::bpe {
namespace {

constexpr std::string_view kPre = "tokenizer.ggml.pre";

StatusOr<const Pretokenizer*> ReadPretokenizer(const Metadata& metadata,
                                               const LogHook& log) {
  if (!metadata.Has(kPre)) {
    Warn(log, absl::StrCat("'", kPre,
                           "': missing, taken as \"default\"; the "
                           "text may be cut differently than in training"));
    return FindPretokenizer("default");
  }
  TENON_ASSIGN_OR_RETURN(const std::string_view name, metadata.String(kPre));
  if (const Pretokenizer* found = FindPretokenizer(name)) return found;
  return absl::UnimplementedError(
      absl::StrCat("'", kPre, "': no pre-tokenizer is called \"",
                   absl::CHexEscape(name.substr(0, 60)), "\"; known are ",
                   KnownPretokenizers()));
}

std::array<TokenId, 256> FindByteIds(const Vocab& vocab) {
  std::array<TokenId, 256> ids;
  for (size_t byte = 0; byte < ids.size(); ++byte) {
    std::string spelled;
    AppendSpelled(static_cast<uint8_t>(byte), spelled);
    ids[byte] = vocab.Find(spelled).value_or(-1);
  }
  return ids;
}

}  // namespace

StatusOr<std::unique_ptr<Tokenizer>> BpeTokenizer::Create(
    const Metadata& metadata, const LogHook& log) {
  TENON_ASSIGN_OR_RETURN(const Pretokenizer* pretokenizer,
                         ReadPretokenizer(metadata, log));
  VocabDefaults defaults;
  defaults.adds_bos = pretokenizer->adds_bos;
  TENON_ASSIGN_OR_RETURN(Vocab vocab, Vocab::Create(metadata, defaults, log));
  TENON_ASSIGN_OR_RETURN(MergeTable merges,
                         MergeTable::Create(metadata, vocab, log));
  std::unique_ptr<BpeTokenizer> tokenizer(new BpeTokenizer(
      metadata, std::move(vocab), *pretokenizer, std::move(merges)));
  const auto missing =
      std::count(tokenizer->byte_ids_.begin(), tokenizer->byte_ids_.end(), -1);
  if (missing > 0) {
    Warn(log, absl::StrCat("'tokenizer.ggml.tokens': ", missing,
                           " of the 256 bytes have no token, and are dropped "
                           "from text"));
  }
  return tokenizer;
}

BpeTokenizer::BpeTokenizer(const Metadata& metadata, Vocab vocab,
                           const Pretokenizer& pretokenizer, MergeTable merges)
    : VocabTokenizer(std::move(vocab), metadata),
      pretokenizer_(pretokenizer),
      merges_(std::move(merges)),
      byte_ids_(FindByteIds(this->vocab())) {}

void BpeTokenizer::EncodeText(std::string_view text,
                              std::vector<TokenId>& out) const {
  std::string copy;
  if (!IsWellFormedUtf8(text)) text = copy = ToWellFormedUtf8(text);
  if (pretokenizer_.normalizes) text = copy = ToNfc(text);
  uint32_t begin = 0;
  for (const uint32_t end : PieceEnds(pretokenizer_, text)) {
    EncodePiece(text.substr(begin, end - begin), out);
    begin = end;
  }
}

void BpeTokenizer::EncodePiece(std::string_view piece,
                               std::vector<TokenId>& out) const {
  if (pretokenizer_.ignores_merges) {
    if (const auto whole = FindWhole(piece)) return out.push_back(*whole);
  }
  std::vector<Symbol> symbols(piece.size());
  for (uint32_t i = 0; i < piece.size(); ++i) {
    symbols[i] = {i, 1, byte_ids_[static_cast<uint8_t>(piece[i])]};
  }
  MergeSymbols(
      [this](const Symbol& left, const Symbol& right) {
        return merges_.Find(left.id, right.id);
      },
      symbols);
  for (const Symbol& symbol : symbols) {
    if (symbol.id >= 0) out.push_back(symbol.id);
  }
}

std::optional<TokenId> BpeTokenizer::FindWhole(std::string_view piece) const {
  if (piece.size() > vocab().longest()) return std::nullopt;
  std::string spelled;
  for (const char byte : piece) {
    AppendSpelled(static_cast<uint8_t>(byte), spelled);
  }
  return vocab().Find(spelled);
}

void BpeTokenizer::AppendOrdinary(TokenId id, std::string& out) const {
  AppendUnspelled(vocab().Text(id), out);
}

}  // namespace tenon::bpe
