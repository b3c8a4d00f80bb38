// Micro-benchmarks of every kernel of the linked backends.  Takes the flags of
// Google Benchmark: --benchmark_filter=REGEX, --benchmark_list_tests, ...
#include <benchmark/benchmark.h>

#include <cstdio>

#include "bench/kernels/measure.h"
#include "tenon/backend.h"
#include "tenon/registry.h"

namespace tenon::bench {
namespace {

void Register(const KernelEntry& entry) {
  for (const KernelCase& c : CasesFor(entry))
    benchmark::RegisterBenchmark(
        NameOf(c), [c](benchmark::State& state) { Measure(state, c); });
}

void RegisterLinkedKernels() {
  for (const Plugin* plugin : LinkedPlugins()) {
    const Backend& backend = AsBackend(*plugin);
    const char* why =
        backend.unusable != nullptr ? backend.unusable() : nullptr;
    if (why != nullptr)
      std::fprintf(stderr, "%s is left out: %s\n", plugin->name, why);
    else
      for (const KernelEntry& entry : backend.kernels) Register(entry);
  }
}

}  // namespace
}  // namespace tenon::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  tenon::bench::RegisterLinkedKernels();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
