// Reads all that a model file claims to have, if it opens at all.
#ifndef TENON_TESTS_FUZZ_USE_FILE_H_
#define TENON_TESTS_FUZZ_USE_FILE_H_

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

inline StatusOr<std::unique_ptr<ByteSource>> NoSibling(std::string_view) {
  return absl::NotFoundError("there are no other files");
}

inline void UseMetadata(const Metadata& metadata) {
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

inline void UseTensors(const ModelFile& file) {
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

inline void OpenAndUse(std::span<const std::byte> bytes) {
  static const Registry registry = *Registry::Create(LinkedPlugins());
  const auto file = OpenModelFile(registry, FromMemory("f", bytes), NoSibling);
  if (!file.ok()) return;
  UseMetadata(file->metadata);
  UseTensors(*file);
}

}  // namespace tenon

#endif  // TENON_TESTS_FUZZ_USE_FILE_H_
