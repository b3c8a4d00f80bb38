// Byte-level byte-pair encoding: tokenizer.ggml.model = gpt2.
#ifndef TENON_PLUGINS_TOKENIZER_BPE_BPE_TOKENIZER_H_
#define TENON_PLUGINS_TOKENIZER_BPE_BPE_TOKENIZER_H_

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/vocab_tokenizer.h"
#include "tokenizer_bpe/merge_table.h"
#include "tokenizer_bpe/pretokenizer.h"

namespace tenon::bpe {

class BpeTokenizer final : public VocabTokenizer {
 public:
  // Reads tokenizer.ggml.{pre,merges} besides what Vocab reads.  Without `pre`
  // it is "default", with a warning.
  // Errors: as of Vocab and MergeTable; kUnimplemented for an unknown `pre`.
  static StatusOr<std::unique_ptr<Tokenizer>> Create(const Metadata& metadata,
                                                     const LogHook& log);

 protected:
  void EncodeText(std::string_view text,
                  std::vector<TokenId>& out) const override;
  void AppendOrdinary(TokenId id, std::string& out) const override;

 private:
  BpeTokenizer(const Metadata& metadata, Vocab vocab,
               const Pretokenizer& pretokenizer, MergeTable merges);

  void EncodePiece(std::string_view piece, std::vector<TokenId>& out) const;
  std::optional<TokenId> FindWhole(std::string_view piece) const;

  const Pretokenizer& pretokenizer_;
  MergeTable merges_;
  std::array<TokenId, 256> byte_ids_;  // -1: no such token
};

}  // namespace tenon::bpe

#endif  // TENON_PLUGINS_TOKENIZER_BPE_BPE_TOKENIZER_H_
