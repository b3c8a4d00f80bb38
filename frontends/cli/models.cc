#include "cli/models.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tenon::cli {
namespace {

namespace fs = std::filesystem;

// Empty where the system does not say.
fs::path ProgramPath() {
#ifdef __APPLE__
  char path[4096];
  uint32_t size = sizeof(path);
  return _NSGetExecutablePath(path, &size) == 0 ? fs::path(path) : fs::path();
#else
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error);
#endif
}

std::vector<fs::path> ModelFolders() {
  std::vector<fs::path> folders;
  const char* environment = std::getenv("TENON_MODELS");
  if (environment && *environment) folders.emplace_back(environment);
  folders.emplace_back("models");
  if (const fs::path program = ProgramPath(); !program.empty()) {
    const fs::path prefix = program.parent_path().parent_path();
    folders.push_back(prefix / "share" / "tenon" / "models");
  }
  return folders;
}

bool IsFile(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error) && !fs::is_directory(path, error);
}

std::string Describe(const fs::path& folder) {
  return absl::StrCat("'", folder.string(), "'");
}

}  // namespace

StatusOr<std::string> FindModel(const std::string& model) {
  if (IsFile(model)) return model;
  if (model.find('/') != std::string::npos)
    return absl::NotFoundError(absl::StrCat(model, ": there is no such file"));
  const std::vector<fs::path> folders = ModelFolders();
  for (const fs::path& folder : folders)
    for (const char* suffix : {"", ".gguf", ".tnn"})
      if (const fs::path path = folder / (model + suffix); IsFile(path))
        return path.string();
  std::vector<std::string> places;
  for (const fs::path& folder : folders) places.push_back(Describe(folder));
  return absl::NotFoundError(absl::StrCat(
      model, ": there is no such file, and no model of that name in ",
      absl::StrJoin(places, ", ")));
}

}  // namespace tenon::cli
