// The merges of a byte-pair encoding, by the ids of what they join.
#ifndef TENON_PLUGINS_TOKENIZER_BPE_MERGE_TABLE_H_
#define TENON_PLUGINS_TOKENIZER_BPE_MERGE_TABLE_H_

#include <cstdint>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "tenon/log_hook.h"
#include "tenon/merge_symbols.h"
#include "tenon/metadata.h"
#include "tenon/status.h"
#include "tenon/vocab.h"

namespace tenon::bpe {

class MergeTable {
 public:
  // Reads tokenizer.ggml.merges: "left right", the first with rank 0.  Of
  // duplicates the first counts.  Merges of or to what is no token are left
  // out, with a warning.
  // Errors: kInvalidArgument, naming the entry, if it is not two texts.
  static StatusOr<MergeTable> Create(const Metadata& metadata,
                                     const Vocab& vocab, const LogHook& log);

  std::optional<MergedPair> Find(TokenId left, TokenId right) const {
    const auto it = pairs_.find(Key(left, right));
    if (it == pairs_.end()) return std::nullopt;
    return it->second;
  }

 private:
  static uint64_t Key(TokenId left, TokenId right) {
    return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 |
           static_cast<uint32_t>(right);
  }

  absl::flat_hash_map<uint64_t, MergedPair> pairs_;
};

}  // namespace tenon::bpe

#endif  // TENON_PLUGINS_TOKENIZER_BPE_MERGE_TABLE_H_
