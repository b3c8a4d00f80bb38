#include "file_gguf/plugin.h"

#include <cstring>
#include <memory>
#include <span>
#include <utility>

#include "file_gguf/shards.h"
#include "tenon/model_file.h"

namespace tenon {
namespace {

bool LooksLikeGguf(std::span<const std::byte> head) noexcept {
  return head.size() >= 4 && std::memcmp(head.data(), "GGUF", 4) == 0;
}

StatusOr<ModelFile> Open(std::unique_ptr<ByteSource> source,
                         const SiblingOpener& siblings, const LogHook&) {
  return gguf::OpenShards(std::move(source), siblings);
}

constexpr FileFormat kFormat{&LooksLikeGguf, &Open};

}  // namespace

extern constinit const Plugin kFileGguf{
    "file_gguf", "GGUF versions 2 and 3, whole or split", &kFormat};

}  // namespace tenon
