// The oracle's recurrent ops on the operands of a rig.
#ifndef TENON_TESTS_CONFORMANCE_RECURRENCE_H_
#define TENON_TESTS_CONFORMANCE_RECURRENCE_H_

#include <cstddef>
#include <vector>

#include "conformance/rig.h"
#include "oracle/ops.h"

namespace tenon::conformance {

// Row `row` of a causal convolution.
oracle::Vector ConvOutput(const Rig& rig, size_t row);

// The gated delta rule, one token after the other.
class DeltaRun {
 public:
  explicit DeltaRun(const Rig& rig);
  oracle::Vector Next();
  const std::vector<oracle::Vector>& state() const { return state_; }

 private:
  const Rig& rig_;
  std::vector<oracle::Vector> state_;
  size_t row_ = 0;
};

}  // namespace tenon::conformance

#endif  // TENON_TESTS_CONFORMANCE_RECURRENCE_H_
