// Unicode normalisation form C.
#ifndef TENON_PLUGINS_TOKENIZER_BPE_NFC_H_
#define TENON_PLUGINS_TOKENIZER_BPE_NFC_H_

#include <string>
#include <string_view>

namespace tenon::bpe {

// REQUIRES: `text` is well-formed UTF-8.
std::string ToNfc(std::string_view text);

}  // namespace tenon::bpe

#endif  // TENON_PLUGINS_TOKENIZER_BPE_NFC_H_
