// Which nodes and steps a kernel is tried with.
#ifndef TENON_TESTS_CONFORMANCE_CASES_H_
#define TENON_TESTS_CONFORMANCE_CASES_H_

#include <vector>

#include "conformance/rig.h"
#include "tenon/kernel.h"

namespace tenon::conformance {

// Nodes of the entry's op and types, of odd and of ordinary sizes.
std::vector<NodeCase> CasesFor(const KernelEntry& entry);

// T = 1, 2, 17 and Tmax, with R from 0 to T, at several positions.
std::vector<StepShape> StepsFor(const KernelEntry& entry);

}  // namespace tenon::conformance

#endif  // TENON_TESTS_CONFORMANCE_CASES_H_
