#include "cli/report.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <span>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace tenon::cli {
namespace {

// value / step^k with the unit that keeps it below step.
std::string Scaled(uint64_t value, double step,
                   std::span<const char* const> units) {
  double scaled = static_cast<double>(value);
  size_t unit = 0;
  for (; scaled >= step && unit + 1 < units.size(); ++unit) scaled /= step;
  if (unit == 0) return absl::StrCat(value, units[0]);
  return absl::StrFormat("%.2f%s", scaled, units[unit]);
}

bool IsWellFormed(std::string_view bytes) {
  Utf8Stream stream;
  const std::string text = stream.Push(bytes);
  return text == bytes;
}

// The length of the code point at the front; 0 if it is not well formed.
size_t CodePointLength(std::string_view bytes) {
  for (size_t n = 1; n <= std::min<size_t>(4, bytes.size()); ++n)
    if (IsWellFormed(bytes.substr(0, n))) return n;
  return 0;
}

std::string Escaped(char c) {
  switch (c) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '\\':
      return "\\\\";
    case '\'':
      return "\\'";
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x20 && byte < 0x7f) return std::string(1, c);
  return absl::StrFormat("\\x%02x", byte);
}

}  // namespace

void PrintJson(const Json& json, std::FILE* file, int indent) {
  const std::string text = json.dump(indent, ' ', /*ensure_ascii=*/false,
                                     Json::error_handler_t::replace);
  absl::FPrintF(file, "%s\n", text);
}

std::string Bytes(uint64_t bytes) {
  static constexpr const char* kUnits[] = {" B", " KiB", " MiB", " GiB",
                                           " TiB"};
  return Scaled(bytes, 1024, kUnits);
}

std::string Count(uint64_t count) {
  static constexpr const char* kUnits[] = {"", " K", " M", " B", " T"};
  return Scaled(count, 1000, kUnits);
}

void Notice(std::string_view message) {
  absl::FPrintF(stderr, "tenon: %s\n", message);
}

// On Linux ru_maxrss outlives exec(), so it may be the parent's; VmHWM is ours.
uint64_t PeakMemory() {
  if (std::FILE* file = std::fopen("/proc/self/status", "re")) {
    uint64_t kib = 0;
    char line[256];
    while (kib == 0 && std::fgets(line, sizeof(line), file))
      if (std::sscanf(line, "VmHWM: %" SCNu64, &kib) != 1) kib = 0;
    std::fclose(file);
    if (kib != 0) return kib * 1024;
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
  return static_cast<uint64_t>(usage.ru_maxrss);
#else
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
#endif
}

double Now() {
  using std::chrono::steady_clock;
  return std::chrono::duration<double>(steady_clock::now().time_since_epoch())
      .count();
}

std::string Piece(const Tokenizer& tokenizer, TokenId id) {
  std::string bytes;
  tokenizer.AppendBytes(id, /*special=*/true, bytes);
  return bytes;
}

std::string Quoted(std::string_view bytes) {
  std::string quoted = "'";
  while (!bytes.empty()) {
    const size_t n = CodePointLength(bytes);
    if (n > 1)
      quoted += bytes.substr(0, n);
    else
      quoted += Escaped(bytes[0]);
    bytes.remove_prefix(std::max<size_t>(n, 1));
  }
  return quoted + "'";
}

Json TextOrBytes(std::string_view bytes) {
  if (IsWellFormed(bytes)) return std::string(bytes);
  Json array = Json::array();
  for (const char c : bytes) array.push_back(static_cast<unsigned char>(c));
  return array;
}

}  // namespace tenon::cli
