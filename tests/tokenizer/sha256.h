// SHA-256, to compare long results with a published digest.
#ifndef TENON_TESTS_TOKENIZER_SHA256_H_
#define TENON_TESTS_TOKENIZER_SHA256_H_

#include <string>
#include <string_view>

namespace tenon {

// 64 hexadecimal digits.
std::string Sha256(std::string_view data);

}  // namespace tenon

#endif  // TENON_TESTS_TOKENIZER_SHA256_H_
