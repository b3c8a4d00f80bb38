// What a profile of a session says, for people and for machines.
#ifndef TENON_CLI_PROFILE_REPORT_H_
#define TENON_CLI_PROFILE_REPORT_H_

#include "cli/json.h"
#include "tenon/session.h"

namespace tenon::cli {

// Both list the slowest kernel first.

// Lines of stdout; none for a profile of nothing.
void PrintProfile(const Profile& profile);
// [{"kernel":..,"op":..,"calls":..,"nanoseconds":..},..]
Json ProfileJson(const Profile& profile);

}  // namespace tenon::cli

#endif  // TENON_CLI_PROFILE_REPORT_H_
