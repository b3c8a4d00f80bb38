// Hyper-parameters of the template, from GGUF metadata.
#ifndef TEMPLATE_ARCH_CONFIG_H_
#define TEMPLATE_ARCH_CONFIG_H_

#include <cstdint>

#include "tenon/model_file.h"
#include "tenon/status.h"

namespace tenon::template_arch {

struct Config {
  uint32_t layers;
  uint32_t E;  // embedding length
  uint32_t F;  // feed-forward length
  uint32_t V;  // vocabulary: rows of the embedding
  uint32_t context_length;
  float eps;  // of every norm
};

// Errors: kInvalidArgument and kNotFound, naming the key or the tensor.
StatusOr<Config> ReadConfig(const ModelFile& file);

}  // namespace tenon::template_arch

#endif  // TEMPLATE_ARCH_CONFIG_H_
