// Reading vector files and vocabularies that are not part of the repository.
#ifndef TENON_TESTS_TOKENIZER_VECTORS_H_
#define TENON_TESTS_TOKENIZER_VECTORS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "tenon/tokenizer.h"

namespace tenon {

using Json = nlohmann::json;

// The folder of vectors beside the repository, or one inside of it.
std::string SharedPath(const std::string& name);

// nullopt if the file does not exist.
std::optional<Json> ReadJson(const std::string& path);

// nullptr if the file does not exist; a test failure if it cannot be used.
std::unique_ptr<Tokenizer> LoadTokenizer(const std::string& path);

// The file of a vocabulary: beside the vectors, or in TENON_VOCAB_DIR.
std::string VocabPath(const std::string& name);

}  // namespace tenon

#endif  // TENON_TESTS_TOKENIZER_VECTORS_H_
