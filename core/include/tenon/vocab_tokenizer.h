// What tokenizers over a Vocab share: special tokens, BOS and EOS, and the
// bytes of all tokens but the ordinary ones.
#ifndef TENON_VOCAB_TOKENIZER_H_
#define TENON_VOCAB_TOKENIZER_H_

#include <string>
#include <string_view>
#include <vector>

#include "tenon/tokenizer.h"
#include "tenon/vocab.h"

namespace tenon {

class VocabTokenizer : public Tokenizer {
 public:
  uint32_t vocab_size() const final { return vocab_.size(); }
  std::string_view Text(TokenId id) const final { return vocab_.Text(id); }
  TokenKind Kind(TokenId id) const final { return vocab_.Kind(id); }
  std::optional<TokenId> bos() const final { return vocab_.bos(); }
  std::optional<TokenId> eos() const final { return vocab_.eos(); }
  bool adds_bos() const final { return vocab_.adds_bos(); }
  bool IsEndOfGeneration(TokenId id) const final {
    return vocab_.IsEndOfGeneration(id);
  }
  std::string_view chat_template() const final {
    return vocab_.chat_template();
  }

  // Cuts special tokens out of the text, leftmost and longest first, and has
  // EncodeText encode what lies between them.
  std::vector<TokenId> Encode(std::string_view text,
                              const EncodeOptions& options) const final;
  void AppendBytes(TokenId id, bool special, std::string& out) const final;
  std::string Decode(std::span<const TokenId> ids, bool special) const override;

 protected:
  // `metadata` says the model's name: Phi-3 drops white space after most
  // special tokens.
  VocabTokenizer(Vocab vocab, const Metadata& metadata);

  const Vocab& vocab() const { return vocab_; }

  // Encodes text without special tokens: all of it, or a part that begins or
  // ends at one.  `text` is not empty, and may be ill-formed.
  virtual void EncodeText(std::string_view text,
                          std::vector<TokenId>& out) const = 0;
  // Appends the bytes of a token whose kind is kNormal or kUndefined.
  virtual void AppendOrdinary(TokenId id, std::string& out) const = 0;

 private:
  bool DropsSpaceAfter(TokenId id) const;

  Vocab vocab_;
  SpecialTokens special_;       // control, unknown, user-defined
  SpecialTokens user_defined_;  // the ones that any text may name
  bool is_phi3_;
};

}  // namespace tenon

#endif  // TENON_VOCAB_TOKENIZER_H_
