// What a node should compute, by the oracle.
#ifndef TENON_TESTS_CONFORMANCE_EXPECTED_H_
#define TENON_TESTS_CONFORMANCE_EXPECTED_H_

#include <cstddef>
#include <vector>

#include "conformance/rig.h"
#include "oracle/ops.h"

namespace tenon::conformance {

// One row of results.  `size` is that of the terms which were added up for
// each element: rounding errors grow with it, not with the value.
struct Expected {
  oracle::Vector value, size;
};

// Row `row` of the output of every op but Quantize, Append and Custom.
Expected ExpectedRow(const Rig& rig, size_t row);

// What states of fixed size hold after the step: rows, as rig.h stores them.
// Empty for ops without one.
std::vector<oracle::Vector> ExpectedState(const Rig& rig);

// By how much a result may differ, in units of `size`: the rounding to f32 of
// each operation, sums of up to a thousand terms in 16 lanes.
double Tolerance(OpKind op);

}  // namespace tenon::conformance

#endif  // TENON_TESTS_CONFORMANCE_EXPECTED_H_
