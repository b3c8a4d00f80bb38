// The table of tokens in a model file, and finding its special tokens in text:
// what every tokenizer has in common.
#ifndef TENON_VOCAB_H_
#define TENON_VOCAB_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "tenon/log_hook.h"
#include "tenon/metadata.h"
#include "tenon/status.h"
#include "tenon/tokenizer.h"

namespace tenon {

// What holds where a file does not say.  An id outside the vocabulary counts as
// none.
struct VocabDefaults {
  std::optional<TokenId> bos;
  std::optional<TokenId> eos;
  std::optional<TokenId> unknown;
  bool adds_bos = false;
  bool adds_eos = false;
};

// Immutable; may be used from several threads at once.  Texts are kept in one
// block of memory: about 60 bytes per token in all.
class Vocab {
 public:
  // Reads tokenizer.ggml.{tokens,token_type,*_token_id,add_bos_token,
  // add_eos_token} and tokenizer.chat_template, and copies what it needs.
  // Warns about special ids outside the vocabulary, and leaves them out.
  // Errors: kInvalidArgument, naming the key and the token, if there are no
  // tokens or too many, two have one text, there is another number of types,
  // or a byte token is not spelled "<0xNN>".
  static StatusOr<Vocab> Create(const Metadata& metadata,
                                const VocabDefaults& defaults,
                                const LogHook& log);

  Vocab(Vocab&&) = default;
  Vocab& operator=(Vocab&&) = default;

  uint32_t size() const { return static_cast<uint32_t>(kinds_.size()); }
  bool Contains(TokenId id) const {
    return id >= 0 && static_cast<uint32_t>(id) < size();
  }

  // REQUIRES: Contains(id).  An empty text is given as "[EMPTY_<id>]".
  std::string_view Text(TokenId id) const {
    return {pool_.get() + starts_[id], starts_[id + 1] - starts_[id]};
  }
  TokenKind Kind(TokenId id) const { return kinds_[id]; }

  // The byte that a token "<0xNN>" stands for.  REQUIRES: its kind is kByte.
  uint8_t ByteOf(TokenId id) const;

  std::optional<TokenId> Find(std::string_view text) const;
  size_t longest() const { return longest_; }  // bytes of the longest text

  std::optional<TokenId> bos() const { return bos_; }
  std::optional<TokenId> eos() const { return eos_; }
  std::optional<TokenId> unknown() const { return unknown_; }
  bool adds_bos() const { return adds_bos_; }  // false without a BOS
  bool adds_eos() const { return adds_eos_; }  // false without an EOS

  // The ids that the file names for the purpose (eos, eot, eom, fim_pad,
  // fim_rep, fim_sep), and control tokens with the text of a known end marker.
  bool IsEndOfGeneration(TokenId id) const;

  std::string_view chat_template() const { return chat_template_; }

 private:
  Vocab() = default;
  Status ReadTexts(const Metadata& metadata);
  Status ReadKinds(const Metadata& metadata);
  Status ReadSpecialIds(const Metadata& metadata, const VocabDefaults& defaults,
                        const LogHook& log);
  Status FindEndOfGeneration(const Metadata& metadata, const LogHook& log);

  std::unique_ptr<char[]> pool_;
  std::vector<uint32_t> starts_;  // [size + 1], into pool_
  std::vector<TokenKind> kinds_;  // [size]
  absl::flat_hash_map<std::string_view, TokenId> ids_;  // keys are in pool_
  size_t longest_ = 0;
  std::optional<TokenId> bos_;
  std::optional<TokenId> eos_;
  std::optional<TokenId> unknown_;
  bool adds_bos_ = false;
  bool adds_eos_ = false;
  std::vector<TokenId> end_of_generation_;  // sorted
  std::string chat_template_;
};

// A set of tokens, kept as a sorted list that is searched like a trie.
// Immutable.  Borrows texts from the Vocab, which may be moved but must live.
class SpecialTokens {
 public:
  struct Match {
    size_t begin;
    size_t end;
    TokenId id;
  };

  // The tokens of `kinds`.
  SpecialTokens(const Vocab& vocab, std::span<const TokenKind> kinds);

  // The leftmost match that begins at `from` or later; of those that begin
  // there, the longest.  Time: linear in the bytes passed over, times the
  // length of the longest token in the set.
  std::optional<Match> Find(std::string_view text, size_t from) const;

 private:
  struct Entry {
    std::string_view text;
    TokenId id;
  };
  std::optional<Match> MatchAt(std::string_view text, size_t begin) const;

  std::vector<Entry> entries_;         // sorted by text
  std::array<size_t, 257> by_byte_{};  // [b], [b + 1]: entries that begin so
};

}  // namespace tenon

#endif  // TENON_VOCAB_H_
