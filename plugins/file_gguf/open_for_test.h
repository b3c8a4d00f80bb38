// Opening GGUF bytes in tests.
#ifndef TENON_FILE_GGUF_OPEN_FOR_TEST_H_
#define TENON_FILE_GGUF_OPEN_FOR_TEST_H_

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "file_gguf/plugin.h"
#include "support/gguf_writer.h"
#include "tenon/model_file.h"
#include "tenon/registry.h"

namespace tenon::gguf {

// Bytes that can be read, but not mapped.  Notes how far it was read.
class UnmappedSource final : public ByteSource {
 public:
  UnmappedSource(std::string name, std::span<const std::byte> bytes,
                 uint64_t* read_up_to)
      : memory_(FromMemory(std::move(name), bytes)), read_up_to_(read_up_to) {}

  std::string_view name() const override { return memory_->name(); }
  uint64_t size() const override { return memory_->size(); }
  Status Read(uint64_t offset, std::span<std::byte> out) override {
    *read_up_to_ = std::max<uint64_t>(*read_up_to_, offset + out.size());
    return memory_->Read(offset, out);
  }

 private:
  std::unique_ptr<ByteSource> memory_;
  uint64_t* read_up_to_;
};

// The bytes of a file, named for a shard or anything else.
struct NamedBytes {
  std::string name;
  std::vector<std::byte> bytes;
};

// Opens others[i] by name.
inline SiblingOpener SiblingsAmong(const std::vector<NamedBytes>& others) {
  return [&others](
             std::string_view name) -> StatusOr<std::unique_ptr<ByteSource>> {
    for (const NamedBytes& other : others) {
      if (other.name == name) return FromMemory(other.name, other.bytes);
    }
    return absl::NotFoundError(absl::StrCat(name, ": cannot be opened"));
  };
}

inline StatusOr<ModelFile> OpenSource(std::unique_ptr<ByteSource> source,
                                      const SiblingOpener& siblings = {}) {
  return AsFileFormat(kFileGguf).open(std::move(source), siblings, {});
}

// As the file "f".  The bytes must outlive the result.
inline StatusOr<ModelFile> OpenBytes(std::span<const std::byte> bytes) {
  return OpenSource(FromMemory("f", bytes));
}

// A small file with all that a file can have.
inline GgufWriter SmallFile() {
  GgufWriter file;
  file.Put("general.architecture", "llama")
      .Put("n", uint32_t{7})
      .Put("list", std::vector<int32_t>{1, -2, 3})
      .Put("names", std::vector<std::string>{"x", "yy", ""})
      .AddTensor("a.weight", {4, 2}, std::vector<float>(8, 0.5f))
      .AddTensor("b.weight", {32, 3, 2}, DType::kQ8_0,
                 std::vector<std::byte>(34 * 6, std::byte{1}));
  return file;
}

}  // namespace tenon::gguf

#endif  // TENON_FILE_GGUF_OPEN_FOR_TEST_H_
