// Times one kernel on one node.
#ifndef FRONTENDS_BENCH_KERNELS_MEASURE_H_
#define FRONTENDS_BENCH_KERNELS_MEASURE_H_

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "conformance/rig.h"
#include "tenon/kernel.h"

namespace tenon::bench {

struct KernelCase {
  const KernelEntry* entry;
  conformance::NodeCase node;
  conformance::StepShape step;
};

// One token and a step of 64, at the end of a context of 2048, of every node
// and phase of the entry.
std::vector<KernelCase> CasesFor(const KernelEntry& entry);

// "linear_q4_0_a8_simd128/1024x3584/T64"
std::string NameOf(const KernelCase& c);

// Calls the kernel for all items, in this thread, again and again.  Reports the
// bytes of weights and states per second of a single token, the
// `multiply_adds` of matrices per second of a step.
void Measure(benchmark::State& state, const KernelCase& c);

}  // namespace tenon::bench

#endif  // FRONTENDS_BENCH_KERNELS_MEASURE_H_
