// Finding the texts of special tokens in a text.
#ifndef TENON_SPECIAL_TOKENS_H_
#define TENON_SPECIAL_TOKENS_H_

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "tenon/vocab.h"

namespace tenon {

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

#endif  // TENON_SPECIAL_TOKENS_H_
