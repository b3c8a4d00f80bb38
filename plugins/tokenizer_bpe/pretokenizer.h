// Pre-tokenizers: where byte-pair merges must not cross.  They are known by the
// values of tokenizer.ggml.pre.
#ifndef TENON_PLUGINS_TOKENIZER_BPE_PRETOKENIZER_H_
#define TENON_PLUGINS_TOKENIZER_BPE_PRETOKENIZER_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizer_bpe/matcher.h"

namespace tenon::bpe {

struct Pretokenizer {
  std::span<const std::string_view> names;
  // Applied one after another, each inside the pieces of the one before.  The
  // first null ends the list.
  std::array<Matcher, 6> matchers;
  // The model was trained on text in Unicode's normalisation form C.
  bool normalizes = false;
  // A piece that is a token as a whole is taken as it is.
  bool ignores_merges = false;
  // BOS is put in front unless the file says otherwise.
  bool adds_bos = false;
};

std::span<const Pretokenizer> Pretokenizers();

// nullptr if there is none of that name.
const Pretokenizer* FindPretokenizer(std::string_view name);

// "default, gpt-2, ...": for error messages.
std::string KnownPretokenizers();

// The ends of the pieces of `text`, as byte offsets in order; the last is its
// size.  Time and memory are linear in the size.  REQUIRES: `text` is
// well-formed UTF-8 of less than 4 GiB.
std::vector<uint32_t> PieceEnds(const Pretokenizer& pretokenizer,
                                std::string_view text);

}  // namespace tenon::bpe

#endif  // TENON_PLUGINS_TOKENIZER_BPE_PRETOKENIZER_H_
