#include "backend_threads/cores.h"

#ifdef __linux__
#include <sched.h>
#endif

#include <algorithm>
#include <charconv>
#include <fstream>
#include <set>
#include <thread>

namespace tenon {
namespace {

#ifdef __linux__
// The CPUs of this process's affinity; empty if the system does not tell.
std::vector<int> AllowedCpus() {
  std::vector<int> cpus;
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  return cpus;
}
#endif

// The first line of a file; empty if there is none.
std::string FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// "/a/b" from the line "0::/a/b" of /proc/self/cgroup.
std::string OwnCgroup(const std::string& root) {
  std::ifstream file(root + "/proc/self/cgroup");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("0::/")) return line.substr(3);
  return "/";
}

// 0 stands for no limit.
uint32_t SmallerLimit(uint32_t a, uint32_t b) {
  return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b);
}

}  // namespace

uint32_t UsableCores() {
  uint32_t cores = std::thread::hardware_concurrency();
#ifdef __linux__
  const std::vector<int> cpus = AllowedCpus();
  if (!cpus.empty()) cores = PhysicalCores(cpus, "");
  cores = SmallerLimit(cores, CgroupCpus(""));
#endif
  return std::max(1u, cores);
}

uint32_t PhysicalCores(const std::vector<int>& cpus, const std::string& root) {
  std::set<std::string> cores;  // named by their hardware threads: "0,4"
  for (int cpu : cpus) {
    const std::string name = std::to_string(cpu);
    const std::string siblings =
        FirstLine(root + "/sys/devices/system/cpu/cpu" + name +
                  "/topology/thread_siblings_list");
    cores.insert(siblings.empty() ? name : siblings);
  }
  return static_cast<uint32_t>(cores.size());
}

uint32_t CgroupCpus(const std::string& root) {
  std::string group = OwnCgroup(root);
  uint32_t cpus = 0;
  while (true) {
    cpus = SmallerLimit(cpus, ParseCpuMax(FirstLine(root + "/sys/fs/cgroup" +
                                                    group + "/cpu.max")));
    if (group.empty()) return cpus;
    group.erase(group.rfind('/'));
  }
}

uint32_t ParseCpuMax(std::string_view text) {
  const char* const end = text.data() + text.size();
  uint64_t quota = 0, period = 0;
  const auto [space, error] = std::from_chars(text.data(), end, quota);
  if (error != std::errc() || space == end) return 0;
  const auto parsed = std::from_chars(space + 1, end, period);
  if (parsed.ec != std::errc() || period == 0 || quota == 0) return 0;
  const uint64_t cpus = quota / period + (quota % period != 0);
  return static_cast<uint32_t>(std::min<uint64_t>(cpus, UINT32_MAX));
}

}  // namespace tenon
