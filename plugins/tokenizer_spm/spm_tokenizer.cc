#include "tokenizer_spm/spm_tokenizer.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tenon/utf8.h"

namespace tenon::spm {
namespace {

constexpr std::string_view kScores = "tokenizer.ggml.scores";
constexpr std::string_view kSpace = "\u2581";  // how texts spell it

// The rank of each score among the different ones, highest first.
std::vector<uint32_t> RanksOf(const std::vector<float>& scores) {
  std::vector<float> sorted = scores;
  std::sort(sorted.begin(), sorted.end(), std::greater<float>());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::vector<uint32_t> ranks(scores.size());
  std::transform(scores.begin(), scores.end(), ranks.begin(), [&](float score) {
    return static_cast<uint32_t>(std::lower_bound(sorted.begin(), sorted.end(),
                                                  score,
                                                  std::greater<float>()) -
                                 sorted.begin());
  });
  return ranks;
}

StatusOr<std::vector<uint32_t>> ReadRanks(const Metadata& metadata,
                                          uint32_t vocab_size) {
  if (!metadata.Has(kScores)) return std::vector<uint32_t>(vocab_size, 0);
  TENON_ASSIGN_OR_RETURN(const auto scores, metadata.Floats(kScores));
  if (scores.size() != vocab_size) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", kScores, "': ", scores.size(), " entries for ",
                     vocab_size, " tokens"));
  }
  for (size_t id = 0; id < scores.size(); ++id) {
    if (std::isnan(scores[id])) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", kScores, "': entry ", id, " is not a number"));
    }
  }
  return RanksOf(scores);
}

// "<0xNN>", or a token that is the byte itself.
std::array<TokenId, 256> FindByteIds(const Vocab& vocab) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::array<TokenId, 256> ids;
  for (size_t byte = 0; byte < ids.size(); ++byte) {
    const char raw = static_cast<char>(byte);
    const char name[] = {'<', '0', 'x', kHex[byte / 16], kHex[byte % 16], '>'};
    auto id = vocab.Find(std::string_view(name, sizeof(name)));
    if (!id) id = vocab.Find(std::string_view(&raw, 1));
    ids[byte] = id.value_or(-1);
  }
  return ids;
}

}  // namespace

StatusOr<std::unique_ptr<Tokenizer>> SpmTokenizer::Create(
    const Metadata& metadata, const LogHook& log) {
  const VocabDefaults defaults{
      .bos = 1, .eos = 2, .unknown = 0, .adds_bos = true};
  TENON_ASSIGN_OR_RETURN(Vocab vocab, Vocab::Create(metadata, defaults, log));
  TENON_ASSIGN_OR_RETURN(auto ranks, ReadRanks(metadata, vocab.size()));
  TENON_ASSIGN_OR_RETURN(
      const bool adds_space,
      metadata.BoolOr("tokenizer.ggml.add_space_prefix", true));
  return std::unique_ptr<Tokenizer>(new SpmTokenizer(
      metadata, std::move(vocab), std::move(ranks), adds_space));
}

SpmTokenizer::SpmTokenizer(const Metadata& metadata, Vocab vocab,
                           std::vector<uint32_t> ranks, bool adds_space)
    : VocabTokenizer(std::move(vocab), metadata),
      ranks_(std::move(ranks)),
      adds_space_(adds_space),
      byte_ids_(FindByteIds(this->vocab())) {}

void SpmTokenizer::EncodeText(std::string_view text,
                              std::vector<TokenId>& out) const {
  std::string spelled = absl::StrReplaceAll(text, {{" ", kSpace}});
  if (adds_space_) spelled.insert(0, kSpace);

  std::vector<Symbol> symbols;
  for (std::string_view rest = spelled; !rest.empty();) {
    const uint32_t size = FirstUtf8Char(rest).size;
    const size_t begin = spelled.size() - rest.size();
    symbols.push_back({static_cast<uint32_t>(begin), size, -1});
    rest.remove_prefix(size);
  }
  const std::string_view all = spelled;
  MergeSymbols(
      [&](const Symbol& left, const Symbol& right) {
        return FindToken(all.substr(left.begin, left.size + right.size));
      },
      symbols);
  for (const Symbol& symbol : symbols) {
    const std::string_view symbol_text = all.substr(symbol.begin, symbol.size);
    if (const auto id = vocab().Find(symbol_text)) {
      out.push_back(*id);
    } else {
      AppendBytesOf(symbol_text, out);
    }
  }
}

std::optional<MergedPair> SpmTokenizer::FindToken(std::string_view text) const {
  if (text.size() > vocab().longest()) return std::nullopt;
  const auto id = vocab().Find(text);
  if (!id) return std::nullopt;
  return MergedPair{ranks_[*id], *id};
}

void SpmTokenizer::AppendBytesOf(std::string_view text,
                                 std::vector<TokenId>& out) const {
  for (const char byte : text) {
    const TokenId id = byte_ids_[static_cast<uint8_t>(byte)];
    if (id >= 0) {
      out.push_back(id);
    } else if (vocab().unknown()) {
      out.push_back(*vocab().unknown());
    }
  }
}

void SpmTokenizer::AppendOrdinary(TokenId id, std::string& out) const {
  out.append(absl::StrReplaceAll(vocab().Text(id), {{kSpace, " "}}));
}

std::string SpmTokenizer::Decode(std::span<const TokenId> ids,
                                 bool special) const {
  std::string out = VocabTokenizer::Decode(ids, special);
  if (adds_space_ && !out.empty() && out.front() == ' ') out.erase(0, 1);
  return out;
}

}  // namespace tenon::spm
