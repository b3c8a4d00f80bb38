#include "tokenizer_bpe/merge_table.h"

#include <limits>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace tenon::bpe {
namespace {

constexpr std::string_view kMerges = "tokenizer.ggml.merges";

std::string Quoted(std::string_view text) {
  return absl::StrCat("\"", absl::CHexEscape(text.substr(0, 60)), "\"");
}

}  // namespace

StatusOr<MergeTable> MergeTable::Create(const Metadata& metadata,
                                        const Vocab& vocab,
                                        const LogHook& log) {
  TENON_ASSIGN_OR_RETURN(const auto merges, metadata.Strings(kMerges));
  if (merges.size() > std::numeric_limits<uint32_t>::max()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", kMerges, "': ", merges.size(), " entries"));
  }

  MergeTable table;
  table.pairs_.reserve(merges.size());
  uint32_t left_out = 0;
  std::string joined;
  for (uint32_t rank = 0; rank < merges.size(); ++rank) {
    const std::string_view merge = merges[rank];
    // A token may begin with a space.
    const size_t space = merge.find(' ', 1);
    if (space == merge.npos || space + 1 == merge.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", kMerges, "': entry ", rank, " is ", Quoted(merge),
                       ", not two texts with a space between them"));
    }
    const std::string_view left_text = merge.substr(0, space);
    const std::string_view right_text = merge.substr(space + 1);
    joined.assign(left_text).append(right_text);
    const auto left = vocab.Find(left_text);
    const auto right = vocab.Find(right_text);
    const auto both = vocab.Find(joined);
    if (left && right && both) {
      table.pairs_.try_emplace(Key(*left, *right), MergedPair{rank, *both});
    } else if (left_out++ == 0) {
      Warn(log,
           absl::StrCat("'", kMerges, "': entry ", rank, ", ", Quoted(merge),
                        ", and maybe others are left out: they are of or "
                        "to what is no token"));
    }
  }
  return table;
}

}  // namespace tenon::bpe
