// Greedy merging of adjacent symbols: the loop inside byte-pair encoding and
// SentencePiece's variant of it.
#ifndef TENON_MERGE_SYMBOLS_H_
#define TENON_MERGE_SYMBOLS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <queue>
#include <vector>

#include "tenon/tokenizer.h"

namespace tenon {

// A part of the text that is being encoded.
struct Symbol {
  uint32_t begin;  // bytes
  uint32_t size;   // bytes, more than 0
  TokenId id;      // -1: not a token
};

// What two adjacent symbols become.
struct MergedPair {
  uint32_t rank;  // lower merges first
  TokenId id;
};

namespace merge_internal {

inline constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

struct Candidate {
  MergedPair pair;
  uint32_t left;  // indices of symbols
  uint32_t right;
  uint32_t size;  // bytes of both when this candidate was found
};

// The order of a max-heap: the lowest rank on top, leftmost on ties.
struct MergesLater {
  bool operator()(const Candidate& a, const Candidate& b) const {
    if (a.pair.rank != b.pair.rank) return a.pair.rank > b.pair.rank;
    return a.left > b.left;
  }
};

}  // namespace merge_internal

// Merges the adjacent pair of the lowest rank, the leftmost of equals, until
// `find_pair` knows none.  Time: n log n for n symbols.
//
// find_pair(const Symbol& left, const Symbol& right) returns
// std::optional<MergedPair>.  REQUIRES: fewer than 2^32 - 1 symbols, which
// follow each other without gaps.
template <typename FindPair>
void MergeSymbols(const FindPair& find_pair, std::vector<Symbol>& symbols) {
  using merge_internal::Candidate;
  using merge_internal::kNone;
  const auto count = static_cast<uint32_t>(symbols.size());
  if (count < 2) return;

  // A doubly linked list; a symbol merged into its left neighbour has size 0.
  std::vector<uint32_t> next(count), previous(count);
  for (uint32_t i = 0; i < count; ++i) {
    previous[i] = i == 0 ? kNone : i - 1;
    next[i] = i + 1 == count ? kNone : i + 1;
  }

  std::priority_queue<Candidate, std::vector<Candidate>,
                      merge_internal::MergesLater>
      candidates;
  const auto consider = [&](uint32_t left, uint32_t right) {
    if (left == kNone || right == kNone) return;
    const Symbol& a = symbols[left];
    const Symbol& b = symbols[right];
    if (const std::optional<MergedPair> pair = find_pair(a, b)) {
      candidates.push({*pair, left, right, a.size + b.size});
    }
  };
  for (uint32_t i = 0; i + 1 < count; ++i) consider(i, i + 1);

  while (!candidates.empty()) {
    const Candidate best = candidates.top();
    candidates.pop();
    Symbol& left = symbols[best.left];
    Symbol& right = symbols[best.right];
    const bool is_stale = left.size == 0 || right.size == 0 ||
                          left.size + right.size != best.size;
    if (is_stale) continue;
    left.size = best.size;
    left.id = best.pair.id;
    right.size = 0;
    next[best.left] = next[best.right];
    if (next[best.left] != kNone) previous[next[best.left]] = best.left;
    consider(previous[best.left], best.left);
    consider(best.left, next[best.left]);
  }
  std::erase_if(symbols, [](const Symbol& symbol) { return symbol.size == 0; });
}

}  // namespace tenon

#endif  // TENON_MERGE_SYMBOLS_H_
