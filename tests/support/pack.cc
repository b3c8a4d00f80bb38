#include "support/pack.h"

#include <algorithm>
#include <vector>

#include "tenon/byte_source.h"
#include "tenon/model_file.h"
#include "tenon/pack.h"

namespace tenon::testing_support {
namespace {

class MemorySink final : public ByteSink {
 public:
  Status Write(uint64_t offset, std::span<const std::byte> bytes) override {
    bytes_.resize(std::max<size_t>(bytes_.size(), offset + bytes.size()));
    std::ranges::copy(bytes, &bytes_[offset]);
    return absl::OkStatus();
  }
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace

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
      AlignedBuffer::Allocate(sink.bytes().size(), "a packed file"));
  std::ranges::copy(sink.bytes(), packed.data());
  return packed;
}

}  // namespace tenon::testing_support
