// Where a model is, given its path or its name.
#ifndef TENON_CLI_MODELS_H_
#define TENON_CLI_MODELS_H_

#include <string>

#include "tenon/status.h"

namespace tenon::cli {

inline constexpr const char* kDefaultModel = "tiny-llama";

// The path of `model`: as it stands if there is such a file, otherwise the
// file `model`, `model`.gguf or `model`.tnn in the folder $TENON_MODELS, in
// ./models, or in
// ../share/tenon/models seen from the program's folder.
// Errors: kNotFound, naming the places.
StatusOr<std::string> FindModel(const std::string& model);

}  // namespace tenon::cli

#endif  // TENON_CLI_MODELS_H_
