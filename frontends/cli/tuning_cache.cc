#include "cli/tuning_cache.h"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/atomic_file.h"

namespace tenon::cli {
namespace {

namespace fs = std::filesystem;

// Empty if the environment names none.
fs::path CacheFolder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && fs::path(cache).is_absolute())
    return fs::path(cache) / "tenon";
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') return {};
  return fs::path(home) / ".cache" / "tenon";
}

// "model name : ..." of the first processor; empty where the system has none.
std::string Processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (absl::StartsWith(line, "model name")) return line;
  return "";
}

// FNV-1a.
uint64_t Hash(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

std::string WithProcessor(std::string_view key) {
  return absl::StrCat(key, ", ", Processor());
}

// Empty: there is no place for it.
fs::path FileOf(std::string_view key) {
  const fs::path folder = CacheFolder();
  return folder.empty() ? fs::path()
                        : folder / absl::StrFormat("threads-%016x", Hash(key));
}

}  // namespace

// The first line is the key: another one may have the same hash.  A second line
// without an end was cut off.
std::string TuningCache::Recall(std::string_view key) {
  const std::string wanted = WithProcessor(key);
  std::ifstream file(FileOf(wanted), std::ios::binary);
  std::string found, text;
  std::getline(file, found);
  std::getline(file, text);
  return found == wanted && file.good() ? text : "";
}

void TuningCache::Remember(std::string_view key, std::string_view text) {
  const std::string full = WithProcessor(key);
  const fs::path path = FileOf(full);
  if (path.empty()) return;
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  const auto file = AtomicFile::Create(path.string());
  if (!file.ok()) return;
  const std::string content = absl::StrCat(full, "\n", text, "\n");
  if ((*file)->Write(0, std::as_bytes(std::span(content))).ok())
    (*file)->Commit().IgnoreError();
}

}  // namespace tenon::cli
