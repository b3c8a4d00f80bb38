// What a session remembers between steps, described generically, so that
// memory estimates, checkpoints and rewinding need no architecture's help.
#ifndef TENON_STATE_H_
#define TENON_STATE_H_

#include <cstdint>
#include <string>

#include "tenon/dtype.h"

namespace tenon {

enum class StateKind : uint8_t {
  kAppend,     // one row per position: keys, values
  kRecurrent,  // `rows` rows, rewritten at every position: delta-rule matrices
  kRing,       // the last `rows` inputs; position p is row p mod rows
};

struct StateSpec {
  std::string name;  // "blk.0.k"
  StateKind kind;
  DType dtype;    // kAppend: kF32 or kF16; the others: kF32
  uint32_t rows;  // kAppend: 0, it has as many as the context has positions
  uint32_t cols;  // elements per row: G * D for keys

  // Whether its size does not depend on the context.
  bool is_constant() const { return kind != StateKind::kAppend; }
  // Bytes for a context of `positions`.
  uint64_t Bytes(uint64_t positions) const {
    return (is_constant() ? rows : positions) * RowBytes(dtype, cols);
  }
};

}  // namespace tenon

#endif  // TENON_STATE_H_
