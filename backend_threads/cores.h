// How many threads are worth starting on this machine.
#ifndef BACKEND_THREADS_CORES_H_
#define BACKEND_THREADS_CORES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tenon {

// The physical cores that this process may use: those of its CPU affinity,
// and no more than the CPU time that its control group grants.  At least 1.
// Where the system does not tell: std::thread::hardware_concurrency().
uint32_t UsableCores();

// The parts.  `root`: "" or a folder to read in place of the system's "/".

// Of `cpus`, those that are not another hardware thread of a core counted
// before.  A CPU of unknown topology counts as a core.
uint32_t PhysicalCores(const std::vector<int>& cpus, const std::string& root);

// What the process's control group (version 2) and those above it grant, in
// CPUs, rounded up; 0: no limit.
uint32_t CgroupCpus(const std::string& root);

// The same from the text of one cpu.max: "150000 100000" is 2, "max 100000" 0.
uint32_t ParseCpuMax(std::string_view text);

}  // namespace tenon

#endif  // BACKEND_THREADS_CORES_H_
