#include "file_tnn/open.h"

#include <cstring>
#include <utility>

#include "file_tnn/manifest.h"
#include "file_tnn/metadata.h"
#include "file_tnn/tensors.h"

namespace tenon::tnn {

bool LooksLikeTnn(std::span<const std::byte> head) noexcept {
  return head.size() >= kIdentifierAt + kIdentifier.size() &&
         std::memcmp(head.data() + kIdentifierAt, kIdentifier.data(),
                     kIdentifier.size()) == 0;
}

StatusOr<ModelFile> Open(std::unique_ptr<ByteSource> source,
                         const SiblingOpener&, const LogHook&) {
  TENON_ASSIGN_OR_RETURN(Front front, ReadFront(*source));
  ModelFile file;
  TENON_ASSIGN_OR_RETURN(file.metadata,
                         ReadMetadata(source->name(), *front.manifest));
  TENON_ASSIGN_OR_RETURN(
      file.tensors,
      ReadTensors(source->name(), *front.manifest, front.data_begin));
  file.format = "TNN v1";
  file.sources.push_back(std::move(source));
  if (front.buffer != nullptr) file.headers.push_back(std::move(front.buffer));
  return file;
}

}  // namespace tenon::tnn
