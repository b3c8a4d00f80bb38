#include <algorithm>

#include "tenon/vocab.h"

namespace tenon {
namespace {

uint8_t ByteAt(std::string_view text, size_t i) {
  return static_cast<uint8_t>(text[i]);
}

}  // namespace

SpecialTokens::SpecialTokens(const Vocab& vocab,
                             std::span<const TokenKind> kinds) {
  for (TokenId id = 0; vocab.Contains(id); ++id) {
    if (std::find(kinds.begin(), kinds.end(), vocab.Kind(id)) != kinds.end()) {
      entries_.push_back({vocab.Text(id), id});
    }
  }
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.text < b.text; });
  for (const Entry& entry : entries_) ++by_byte_[ByteAt(entry.text, 0) + 1];
  for (size_t b = 0; b < 256; ++b) by_byte_[b + 1] += by_byte_[b];
}

std::optional<SpecialTokens::Match> SpecialTokens::Find(std::string_view text,
                                                        size_t from) const {
  for (; from < text.size(); ++from) {
    if (auto match = MatchAt(text, from)) return match;
  }
  return std::nullopt;
}

std::optional<SpecialTokens::Match> SpecialTokens::MatchAt(
    std::string_view text, size_t begin) const {
  // Entries [first, last) agree with the text on the first `depth` bytes; the
  // one that is no longer than that, if there is one, sorts first.
  auto first = entries_.begin() + by_byte_[ByteAt(text, begin)];
  auto last = entries_.begin() + by_byte_[ByteAt(text, begin) + 1];
  std::optional<Match> longest;
  for (size_t depth = 1; first != last; ++depth) {
    if (first->text.size() == depth) {
      longest = {begin, begin + depth, first->id};
      ++first;
    }
    if (begin + depth == text.size()) break;
    const uint8_t byte = ByteAt(text, begin + depth);
    first = std::partition_point(first, last, [&](const Entry& entry) {
      return ByteAt(entry.text, depth) < byte;
    });
    last = std::partition_point(first, last, [&](const Entry& entry) {
      return ByteAt(entry.text, depth) == byte;
    });
  }
  return longest;
}

}  // namespace tenon
