// Text to token ids and back.
#ifndef TENON_TOKENIZER_H_
#define TENON_TOKENIZER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/log_hook.h"
#include "tenon/metadata.h"
#include "tenon/status.h"

namespace tenon {

using TokenId = int32_t;

struct EncodeOptions {
  // Adds BOS / EOS where the model's settings say so.
  bool add_special = true;
  // Turns the text of control tokens ("<|im_end|>") into those tokens.  Leave
  // it off for text that a user typed, or the user can forge turns.
  // User-defined tokens are always recognised.
  bool parse_special = false;
};

// Values as GGUF's tokenizer.ggml.token_type numbers them.
enum class TokenKind : uint8_t {
  kUndefined = 0,
  kNormal = 1,
  kUnknown = 2,
  kControl = 3,
  kUserDefined = 4,
  kUnused = 5,
  kByte = 6,
};

// Immutable; may be used from several threads at once.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  virtual uint32_t vocab_size() const = 0;
  // As the file spells it ("Ġthe").  REQUIRES: id in [0, vocab_size()).
  virtual std::string_view Text(TokenId id) const = 0;
  virtual TokenKind Kind(TokenId id) const = 0;
  virtual std::optional<TokenId> bos() const = 0;
  virtual std::optional<TokenId> eos() const = 0;
  // Whether Encode puts BOS in front when add_special is set.
  virtual bool adds_bos() const = 0;
  // Whether generation ends after this token.
  virtual bool IsEndOfGeneration(TokenId id) const = 0;

  // Any bytes are accepted; ill-formed UTF-8 is encoded as U+FFFD or as bytes.
  // Time and memory are linear in the length of `text`, up to a logarithm.
  virtual std::vector<TokenId> Encode(std::string_view text,
                                      const EncodeOptions& options) const = 0;

  // Appends the bytes of one token, which may end inside a code point.
  // Control tokens append nothing unless `special`.  An id outside the
  // vocabulary appends nothing.
  virtual void AppendBytes(TokenId id, bool special,
                           std::string& out) const = 0;

  // The bytes of a whole text.  Differs from joining the pieces where a model
  // family says so: SPM vocabularies drop the space put before the first word.
  virtual std::string Decode(std::span<const TokenId> ids,
                             bool special) const = 0;

  // The chat template of the file; empty if there is none.
  virtual std::string_view chat_template() const = 0;
};

// What a tokenizer plugin brings.
struct TokenizerFactory {
  // Values of tokenizer.ggml.model that this plugin reads.
  std::span<const std::string_view> models;
  // Copies what it needs: `metadata` need not outlive the call.
  // Errors: kInvalidArgument or kUnimplemented, naming the key.
  StatusOr<std::unique_ptr<Tokenizer>> (*create)(const Metadata& metadata,
                                                 const LogHook& log);
};

// Cuts a stream of bytes into whole code points.
//
// Emits every complete code point at once, holds a tail that may still become
// one, and replaces each maximal ill-formed part by U+FFFD (the WHATWG
// decoder).
// Example:
//   Utf8Stream stream;
//   for (TokenId id : ids) {
//     std::string bytes;
//     tokenizer.AppendBytes(id, /*special=*/false, bytes);
//     Print(stream.Push(bytes));
//   }
//   Print(stream.Flush());
class Utf8Stream {
 public:
  // The text that became complete: well-formed UTF-8, possibly empty.
  std::string Push(std::string_view bytes);
  // Ends the text: an incomplete tail becomes one U+FFFD.
  std::string Flush();

 private:
  std::string tail_;  // at most 3 bytes
};

}  // namespace tenon

#endif  // TENON_TOKENIZER_H_
