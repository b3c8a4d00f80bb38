// The alphabet in which byte-level vocabularies spell bytes: printable Latin-1
// characters stand for themselves, the other 68 bytes for U+0100 and up.
#ifndef TENON_PLUGINS_TOKENIZER_BPE_BYTE_ALPHABET_H_
#define TENON_PLUGINS_TOKENIZER_BPE_BYTE_ALPHABET_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace tenon::bpe {

// Appends the character of a byte, as UTF-8.
void AppendSpelled(uint8_t byte, std::string& out);

// Appends the bytes that `spelled` stands for.  A character outside the
// alphabet stands for its UTF-8.
void AppendUnspelled(std::string_view spelled, std::string& out);

}  // namespace tenon::bpe

#endif  // TENON_PLUGINS_TOKENIZER_BPE_BYTE_ALPHABET_H_
