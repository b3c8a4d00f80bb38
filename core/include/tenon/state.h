// What a session remembers between steps, described generically, so that
// memory estimates, checkpoints and rewinding need no architecture's help.
#ifndef TENON_STATE_H_
#define TENON_STATE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "tenon/dtype.h"

namespace tenon {

enum class StateKind : uint8_t {
  kAppend,  // one row per position: keys, values
};

struct StateSpec {
  std::string name;  // "blk.0.k"
  StateKind kind;
  DType dtype;    // kF32 or kF16
  uint32_t cols;  // elements per row: G * D

  // Bytes for a context of `positions`.
  size_t Bytes(size_t positions) const {
    return positions * RowBytes(dtype, cols);
  }
};

}  // namespace tenon

#endif  // TENON_STATE_H_
