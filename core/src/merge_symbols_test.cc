#include "tenon/merge_symbols.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>

namespace tenon {
namespace {

// The pieces of `text` after merging by `ranks`, with '|' between them.
std::string Merged(std::string_view text,
                   const std::map<std::string_view, uint32_t>& ranks) {
  std::vector<Symbol> symbols;
  for (uint32_t i = 0; i < text.size(); ++i) symbols.push_back({i, 1, -1});
  MergeSymbols(
      [&](const Symbol& left,
          const Symbol& right) -> std::optional<MergedPair> {
        const auto it =
            ranks.find(text.substr(left.begin, left.size + right.size));
        if (it == ranks.end()) return std::nullopt;
        return MergedPair{it->second, 7};
      },
      symbols);
  std::string out;
  for (const Symbol& symbol : symbols) {
    if (!out.empty()) out += "|";
    out += text.substr(symbol.begin, symbol.size);
  }
  return out;
}

TEST(MergeSymbols, LowestRankFirst) {
  EXPECT_EQ(Merged("abc", {{"ab", 1}, {"bc", 0}}), "a|bc");
  EXPECT_EQ(Merged("abc", {{"ab", 0}, {"bc", 1}}), "ab|c");
  EXPECT_EQ(Merged("abc", {{"ab", 1}, {"bc", 0}, {"abc", 2}}), "abc");
}

TEST(MergeSymbols, LeftmostOnTies) {
  EXPECT_EQ(Merged("aaaaa", {{"aa", 0}}), "aa|aa|a");
  EXPECT_EQ(Merged("aaaaaaa", {{"aa", 0}, {"aaa", 1}, {"aaaa", 2}}),
            "aaaa|aaa");
  EXPECT_EQ(Merged("aba", {{"ab", 3}, {"ba", 3}}), "ab|a");
}

// "bc" is found first, but is gone when its turn comes; "abc" may be found
// again with the same symbols' other sizes.
TEST(MergeSymbols, SkipsWhatIsGone) {
  EXPECT_EQ(Merged("abcd", {{"ab", 0}, {"bc", 1}, {"cd", 2}}), "ab|cd");
  EXPECT_EQ(Merged("xabab", {{"ab", 0}, {"xab", 1}, {"abab", 2}}), "xab|ab");
}

TEST(MergeSymbols, SmallInputs) {
  EXPECT_EQ(Merged("", {{"ab", 0}}), "");
  EXPECT_EQ(Merged("a", {{"ab", 0}}), "a");
  EXPECT_EQ(Merged("ab", {}), "a|b");
}

}  // namespace
}  // namespace tenon
