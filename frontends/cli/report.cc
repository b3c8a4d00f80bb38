#include "cli/report.h"

#include <sys/resource.h>

#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <span>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tenon/utf8.h"

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

constexpr char32_t kFirstPrintable = 0xA0;  // beyond ASCII

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
    const Utf8Char c = FirstUtf8Char(bytes);
    if (c.form == Utf8Char::Form::kWellFormed && c.value >= kFirstPrintable) {
      quoted += bytes.substr(0, c.size);
      bytes.remove_prefix(c.size);
    } else {
      quoted += Escaped(bytes.front());
      bytes.remove_prefix(1);
    }
  }
  return quoted + "'";
}

}  // namespace tenon::cli
