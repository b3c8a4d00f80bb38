// SentencePiece's byte-pair encoding: tokenizer.ggml.model = llama.
#ifndef TENON_PLUGINS_TOKENIZER_SPM_SPM_TOKENIZER_H_
#define TENON_PLUGINS_TOKENIZER_SPM_SPM_TOKENIZER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/merge_symbols.h"
#include "tenon/vocab_tokenizer.h"

namespace tenon::spm {

class SpmTokenizer final : public VocabTokenizer {
 public:
  // Reads tokenizer.ggml.{scores,add_space_prefix} besides what Vocab reads.
  // Errors: as of Vocab; kInvalidArgument if scores are not one number for
  // each token.
  static StatusOr<std::unique_ptr<Tokenizer>> Create(const Metadata& metadata,
                                                     const LogHook& log);

  // Drops one leading space, if Encode put one there.
  std::string Decode(std::span<const TokenId> ids, bool special) const override;

 protected:
  void EncodeText(std::string_view text,
                  std::vector<TokenId>& out) const override;
  void AppendOrdinary(TokenId id, std::string& out) const override;

 private:
  SpmTokenizer(const Metadata& metadata, Vocab vocab,
               std::vector<uint32_t> ranks, bool adds_space);

  std::optional<MergedPair> FindToken(std::string_view text) const;
  void AppendBytesOf(std::string_view text, std::vector<TokenId>& out) const;

  std::vector<uint32_t> ranks_;  // [vocab size]: by score, highest first
  bool adds_space_;
  std::array<TokenId, 256> byte_ids_;  // -1: no such token
};

}  // namespace tenon::spm

#endif  // TENON_PLUGINS_TOKENIZER_SPM_SPM_TOKENIZER_H_
