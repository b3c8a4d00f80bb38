// What goes on from a state of fixed size, in double precision, one token at a
// time.
#ifndef TENON_TESTS_ORACLE_RECURRENCE_H_
#define TENON_TESTS_ORACLE_RECURRENCE_H_

#include <cstddef>
#include <span>
#include <vector>

#include "oracle/ops.h"

namespace tenon::oracle {

// Each channel by itself: the sum of its taps [channels, count] times its last
// `count` inputs, oldest first.
Vector CausalConv(const Matrix& taps, std::span<const Vector> inputs);

struct DeltaShape {
  size_t key_heads, value_heads, head_dim;
  // Value head h reads key head h / (value_heads / key_heads), otherwise
  // h mod key_heads.
  bool grouped;
};

struct DeltaInput {
  Vector q, k;             // [key_heads * head_dim]
  Vector v;                // [value_heads * head_dim]
  Vector log_decay, beta;  // [value_heads]
};

// The gated delta rule (Yang, Kautz and Hatamizadeh 2024), with q scaled by
// 1 / sqrt(head_dim):
//   M = e^log_decay M + k (x) beta (v - k^T e^log_decay M);  out = q^T M
// Row h * head_dim + j of `memory` is column j of head h's matrix M.
Vector DeltaRule(const DeltaShape& shape, const DeltaInput& in,
                 std::vector<Vector>& memory);

}  // namespace tenon::oracle

#endif  // TENON_TESTS_ORACLE_RECURRENCE_H_
