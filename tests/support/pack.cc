#include "support/pack.h"

#include <algorithm>

#include "support/memory_file.h"
#include "tenon/byte_source.h"
#include "tenon/model_file.h"
#include "tenon/pack.h"

namespace tenon::testing_support {

StatusOr<AlignedBuffer> PackInMemory(const Registry& registry,
                                     std::span<const std::byte> file,
                                     const LoadOptions& options) {
  TENON_ASSIGN_OR_RETURN(
      ModelFile opened,
      OpenModelFile(registry, FromMemory("tiny.gguf", file), {}));
  MemorySink sink;
  TENON_RETURN_IF_ERROR(PackModel(registry, std::move(opened), options,
                                  AsFileFormat(*registry.Find("file_tnn")),
                                  sink));
  TENON_ASSIGN_OR_RETURN(
      AlignedBuffer packed,
      AlignedBuffer::Allocate(sink.file.size(), "a packed file"));
  std::ranges::copy(sink.file, packed.data());
  return packed;
}

}  // namespace tenon::testing_support
