#include "cli/profile_report.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"

namespace tenon::cli {
namespace {

using ProfileLine = std::pair<std::string, Profile::Entry>;

std::vector<ProfileLine> SlowestFirst(const Profile& profile) {
  std::vector<ProfileLine> lines(profile.kernels.begin(),
                                 profile.kernels.end());
  std::ranges::stable_sort(lines, std::greater<>(), [](const ProfileLine& l) {
    return l.second.nanoseconds;
  });
  return lines;
}

}  // namespace

void PrintProfile(const Profile& profile) {
  double total = 0;
  for (const auto& [name, entry] : profile.kernels)
    total += static_cast<double>(entry.nanoseconds);
  for (const auto& [name, entry] : SlowestFirst(profile)) {
    const double time = static_cast<double>(entry.nanoseconds);
    absl::PrintF("  %5.1f %%  %10.3f ms  %8u calls  %-14s %s\n",
                 100 * time / total, time / 1e6, entry.calls,
                 Info(entry.op).name, name);
  }
}

Json ProfileJson(const Profile& profile) {
  Json json = Json::array();
  for (const auto& [name, entry] : SlowestFirst(profile))
    json.push_back({{"kernel", name},
                    {"op", Info(entry.op).name},
                    {"calls", entry.calls},
                    {"nanoseconds", entry.nanoseconds}});
  return json;
}

}  // namespace tenon::cli
