// Writes GGUF files for tests, right ones and deliberately wrong ones.
//
// Example: a vocabulary and one weight.
//   GgufWriter file;
//   file.Put("general.architecture", "llama")
//       .Put("llama.block_count", uint32_t{2})
//       .Put("tokenizer.ggml.tokens", std::vector<std::string>{"a", "b"})
//       .AddTensor("output.weight", {8, 2}, std::vector<float>(16, 1.0f));
//   std::vector<std::byte> bytes = file.Bytes();
//
// It shares no code with the reader.  Not for use outside tests.
#ifndef TENON_TESTS_SUPPORT_GGUF_WRITER_H_
#define TENON_TESTS_SUPPORT_GGUF_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/dtype.h"

namespace tenon {

// The type ids of metadata values.
enum class GgufType : uint32_t {
  kU8 = 0,
  kI8 = 1,
  kU16 = 2,
  kI16 = 3,
  kU32 = 4,
  kI32 = 5,
  kF32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,
  kU64 = 10,
  kI64 = 11,
  kF64 = 12,
};

// Appends `value`, little-endian, to `bytes`.
template <typename T>
void AppendNumber(std::vector<std::byte>& bytes, T value) {
  const auto* first = reinterpret_cast<const std::byte*>(&value);
  bytes.insert(bytes.end(), first, first + sizeof(T));
}

// A length of eight bytes, then the text.
void AppendGgufString(std::vector<std::byte>& bytes, std::string_view text);

// Overwrites sizeof(T) bytes at `offset`.  REQUIRES: they are there.
template <typename T>
void Poke(std::vector<std::byte>& bytes, size_t offset, T value) {
  const auto* first = reinterpret_cast<const std::byte*>(&value);
  for (size_t i = 0; i < sizeof(T); ++i) bytes[offset + i] = first[i];
}

// The offset of the byte that follows the first `text`; bytes.size() + 1 if it
// is not there.
size_t OffsetAfter(std::span<const std::byte> bytes, std::string_view text);

class GgufWriter {
 public:
  GgufWriter& Version(uint32_t version);  // 3 unless told otherwise
  // Also puts general.alignment.  REQUIRES: no tensor was added yet.
  GgufWriter& Alignment(uint32_t alignment);
  GgufWriter& TensorCount(uint64_t count);        // instead of the true one
  GgufWriter& KeyCount(uint64_t count);           // instead of the true one
  GgufWriter& PadBeforeData(size_t extra_bytes);  // junk before the data

  // A value of exactly the given type.
  GgufWriter& Put(std::string_view key, uint8_t value);
  GgufWriter& Put(std::string_view key, int8_t value);
  GgufWriter& Put(std::string_view key, uint16_t value);
  GgufWriter& Put(std::string_view key, int16_t value);
  GgufWriter& Put(std::string_view key, uint32_t value);
  GgufWriter& Put(std::string_view key, int32_t value);
  GgufWriter& Put(std::string_view key, uint64_t value);
  GgufWriter& Put(std::string_view key, int64_t value);
  GgufWriter& Put(std::string_view key, float value);
  GgufWriter& Put(std::string_view key, double value);
  GgufWriter& Put(std::string_view key, bool value);
  GgufWriter& Put(std::string_view key, std::string_view value);
  GgufWriter& Put(std::string_view key, const char* value);
  GgufWriter& Put(std::string_view key, const std::vector<uint8_t>& values);
  GgufWriter& Put(std::string_view key, const std::vector<int8_t>& values);
  GgufWriter& Put(std::string_view key, const std::vector<uint16_t>& values);
  GgufWriter& Put(std::string_view key, const std::vector<int16_t>& values);
  GgufWriter& Put(std::string_view key, const std::vector<uint32_t>& values);
  GgufWriter& Put(std::string_view key, const std::vector<int32_t>& values);
  GgufWriter& Put(std::string_view key, const std::vector<uint64_t>& values);
  GgufWriter& Put(std::string_view key, const std::vector<int64_t>& values);
  GgufWriter& Put(std::string_view key, const std::vector<float>& values);
  GgufWriter& Put(std::string_view key, const std::vector<double>& values);
  GgufWriter& Put(std::string_view key, const std::vector<bool>& values);
  GgufWriter& Put(std::string_view key, const std::vector<std::string>& values);

  // Any type id, any bytes.
  GgufWriter& PutRaw(std::string_view key, uint32_t type,
                     std::vector<std::byte> value);

  // `dims` as GGUF lists them: the row length first.  Data is aligned, in the
  // order of the calls.  Neither the shape nor the bytes are checked.
  GgufWriter& AddTensor(std::string_view name, std::vector<uint64_t> dims,
                        DType dtype, std::span<const std::byte> bytes);
  // F32.
  GgufWriter& AddTensor(std::string_view name, std::vector<uint64_t> dims,
                        const std::vector<float>& values);

  // An entry of any type id and offset (from the start of the data).
  GgufWriter& AddTensorRaw(std::string_view name, std::vector<uint64_t> dims,
                           uint32_t type, uint64_t offset);

  std::vector<std::byte> Bytes() const;
  // False if the file could not be written.
  [[nodiscard]] bool WriteTo(const std::string& path) const;

 private:
  uint32_t version_ = 3;
  uint64_t alignment_ = 32;
  uint64_t keys_ = 0;
  uint64_t tensors_ = 0;
  std::optional<uint64_t> key_count_;
  std::optional<uint64_t> tensor_count_;
  size_t extra_padding_ = 0;
  std::vector<std::byte> key_values_;
  std::vector<std::byte> infos_;
  std::vector<std::byte> data_;
};

}  // namespace tenon

#endif  // TENON_TESTS_SUPPORT_GGUF_WRITER_H_
