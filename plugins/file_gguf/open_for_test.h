// Opening GGUF bytes in tests.
#ifndef TENON_FILE_GGUF_OPEN_FOR_TEST_H_
#define TENON_FILE_GGUF_OPEN_FOR_TEST_H_

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
