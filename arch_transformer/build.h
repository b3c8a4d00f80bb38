#ifndef ARCH_TRANSFORMER_BUILD_H_
#define ARCH_TRANSFORMER_BUILD_H_

#include "arch_transformer/config.h"
#include "tenon/builder.h"

namespace tenon::transformer {

// Emits the whole model: a pre-norm decoder with rotary positions, grouped
// query attention and SwiGLU (Touvron et al. 2023; Grattafiori et al. 2024).
void BuildTransformer(GraphBuilder& g, const Config& c);

}  // namespace tenon::transformer

#endif  // ARCH_TRANSFORMER_BUILD_H_
