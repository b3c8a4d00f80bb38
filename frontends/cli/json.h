// What the commands print for machines.
#ifndef TENON_CLI_JSON_H_
#define TENON_CLI_JSON_H_

#include <cstdio>
#include <string_view>

#include "nlohmann/json.hpp"

namespace tenon::cli {

using Json = nlohmann::ordered_json;

// `indent` -1: on one line.  Ill-formed UTF-8 in strings becomes U+FFFD.
void PrintJson(const Json& json, std::FILE* file = stdout, int indent = 2);

// A string, or an array of byte values if it is no well-formed UTF-8.
Json TextOrBytes(std::string_view bytes);

}  // namespace tenon::cli

#endif  // TENON_CLI_JSON_H_
