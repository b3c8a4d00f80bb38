// Puts Quantize nodes in front of the matrices that take int8 activations.
#ifndef TENON_SRC_ACTIVATIONS_H_
#define TENON_SRC_ACTIVATIONS_H_

#include <span>

#include "tenon/bind.h"

namespace tenon {

// For every Linear, LinearAdd and Head of a block-quantised weight that some
// backend can run on A8: rounds its first input, once for all matrices that
// read it and whose blocks are as wide.
void QuantizeActivations(Graph& graph, std::span<const NamedBackend> backends);

}  // namespace tenon

#endif  // TENON_SRC_ACTIVATIONS_H_
