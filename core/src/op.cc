#include "tenon/op.h"

namespace tenon {

const OpInfo& Info(OpKind op) noexcept {
  static constexpr OpInfo kOps[] = {
#define TENON_OP(name, inputs, weights, states, by_row) \
  {#name, inputs, weights, states, by_row},
#include "tenon/op.inc"
#undef TENON_OP
  };
  return kOps[static_cast<uint8_t>(op)];
}

}  // namespace tenon
