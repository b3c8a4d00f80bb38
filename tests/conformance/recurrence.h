// The recurrent ops in double precision, step by step.
#ifndef TENON_TESTS_CONFORMANCE_RECURRENCE_H_
#define TENON_TESTS_CONFORMANCE_RECURRENCE_H_

#include <cstddef>
#include <vector>

#include "conformance/rig.h"
#include "oracle/ops.h"

namespace tenon::conformance {

// Row `row` of a causal convolution.
oracle::Vector ConvOutput(const Rig& rig, size_t row);

// The gated delta rule as op.h states it, one token after the other.
class DeltaRun {
 public:
  explicit DeltaRun(const Rig& rig);
  oracle::Vector Next();
  const std::vector<oracle::Vector>& state() const { return state_; }

 private:
  void Head(uint32_t h, oracle::Vector& out);

  const Rig& rig_;
  DeltaAttrs attrs_;
  std::vector<oracle::Vector> state_;
  size_t row_ = 0;
};

}  // namespace tenon::conformance

#endif  // TENON_TESTS_CONFORMANCE_RECURRENCE_H_
