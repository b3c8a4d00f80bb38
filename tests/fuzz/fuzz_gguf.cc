// Opens arbitrary bytes as a model file, then reads all that it claims to have.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "tenon/byte_source.h"
#include "tenon/model_file.h"
#include "tenon/registry.h"

namespace tenon {
namespace {

StatusOr<std::unique_ptr<ByteSource>> NoSibling(std::string_view) {
  return absl::NotFoundError("there are no other files");
}

void UseMetadata(const Metadata& metadata) {
  for (const Metadata::Entry& entry : metadata.entries()) {
    (void)ToString(entry.value);
    (void)metadata.U32(entry.key);
    (void)metadata.F64(entry.key);
    (void)metadata.BoolOr(entry.key, false);
    (void)metadata.Strings(entry.key);
    (void)metadata.Floats(entry.key);
    (void)metadata.Ints(entry.key);
    (void)metadata.PerLayer(entry.key, 2, 1);
  }
}

void UseTensors(const ModelFile& file) {
  for (const TensorInfo& tensor : file.tensors) {
    uint8_t sum = 0;
    const auto bytes = file.sources[tensor.source]->Mapped();
    for (const std::byte b : bytes.subspan(tensor.offset, tensor.bytes)) {
      sum ^= static_cast<uint8_t>(b);
    }
    volatile uint8_t sink = sum;
    (void)sink;
    if (file.Find(tensor.name) != &tensor) __builtin_trap();
  }
}

void Fuzz(std::span<const std::byte> bytes) {
  static const Registry registry = *Registry::Create(LinkedPlugins());
  const auto file = OpenModelFile(registry, FromMemory("f", bytes), NoSibling);
  if (!file.ok()) return;
  UseMetadata(file->metadata);
  UseTensors(*file);
}

}  // namespace
}  // namespace tenon

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tenon::Fuzz(std::as_bytes(std::span(data, size)));
  return 0;
}
