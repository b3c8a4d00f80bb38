#include "tenon/model_file.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tenon/registry.h"

namespace tenon {
namespace {

constexpr uint64_t kHeadBytes = 16;  // what a format is recognised by

// "dir/" of "dir/model.gguf"; empty for a bare name.
std::string FolderOf(const std::string& path) {
  return path.substr(0, path.find_last_of('/') + 1);  // npos + 1 is 0
}

bool IsBareName(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of("/\\") == name.npos;
}

SiblingOpener SiblingsOf(const std::string& path) {
  return [folder = FolderOf(path)](
             std::string_view name) -> StatusOr<std::unique_ptr<ByteSource>> {
    if (!IsBareName(name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", name, "': is not the name of a file"));
    }
    return OpenFile(absl::StrCat(folder, name));
  };
}

Status NoFormat(const Registry& registry, std::string_view name,
                std::span<const std::byte> head) {
  std::string bytes;
  for (const std::byte b : head.first(std::min<size_t>(head.size(), 4))) {
    absl::StrAppend(&bytes, " ",
                    absl::Hex(static_cast<uint8_t>(b), absl::kZeroPad2));
  }
  std::string formats;
  for (const Plugin* plugin : registry.OfKind(PluginKind::kFileFormat)) {
    absl::StrAppend(&formats, " ", plugin->name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": ", head.empty() ? "is empty" : "begins with", bytes,
                   ", which no linked file format knows; linked:",
                   formats.empty() ? " none" : formats));
}

}  // namespace

const TensorInfo* ModelFile::Find(std::string_view name) const {
  const auto found =
      std::find_if(tensors.begin(), tensors.end(),
                   [&](const TensorInfo& t) { return t.name == name; });
  return found == tensors.end() ? nullptr : &*found;
}

uint64_t ModelFile::TotalBytes() const {
  uint64_t total = 0;
  for (const auto& source : sources) total += source->size();
  return total;
}

Status ModelFile::Blame(const Status& error) const {
  return Status(error.code(), absl::StrCat(name(), ": ", error.message()));
}

StatusOr<ModelFile> OpenModelFile(const Registry& registry,
                                  const std::string& path, const LogHook& log) {
  TENON_ASSIGN_OR_RETURN(auto source, OpenFile(path));
  return OpenModelFile(registry, std::move(source), SiblingsOf(path), log);
}

StatusOr<ModelFile> OpenModelFile(const Registry& registry,
                                  std::unique_ptr<ByteSource> source,
                                  const SiblingOpener& siblings,
                                  const LogHook& log) {
  std::array<std::byte, kHeadBytes> buffer;
  const auto head =
      std::span(buffer).first(std::min(source->size(), kHeadBytes));
  TENON_RETURN_IF_ERROR(source->Read(0, head));
  for (const Plugin* plugin : registry.OfKind(PluginKind::kFileFormat)) {
    const FileFormat& format = AsFileFormat(*plugin);
    if (!format.recognises(head)) continue;
    return format.open(std::move(source), siblings, log);
  }
  return NoFormat(registry, source->name(), head);
}

}  // namespace tenon
