// Figures of a model file, from its header alone.
#ifndef TENON_CLI_MODEL_SUMMARY_H_
#define TENON_CLI_MODEL_SUMMARY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tenon/model_file.h"

namespace tenon::cli {

struct TypeTotal {
  DType dtype;
  uint64_t tensors, bytes;
};

// Bytes per storage type, the largest first.
std::vector<TypeTotal> TypeTotals(const ModelFile& file);
uint64_t TensorBytes(const ModelFile& file);
uint64_t Parameters(const ModelFile& file);

// "llama Q8_0": the architecture and the type of most bytes.
std::string Summary(const ModelFile& file);
// "[2048, 512]": as GGUF lists them, the row length first.
std::string Shape(const TensorInfo& tensor);

}  // namespace tenon::cli

#endif  // TENON_CLI_MODEL_SUMMARY_H_
