#include "support/gguf_writer.h"

#include <cstdio>
#include <type_traits>
#include <utility>

namespace tenon {
namespace {

using ByteVector = std::vector<std::byte>;

// The type id of T.
template <typename T>
constexpr GgufType TypeOf() {
  if constexpr (std::is_same_v<T, uint8_t>) return GgufType::kU8;
  if constexpr (std::is_same_v<T, int8_t>) return GgufType::kI8;
  if constexpr (std::is_same_v<T, uint16_t>) return GgufType::kU16;
  if constexpr (std::is_same_v<T, int16_t>) return GgufType::kI16;
  if constexpr (std::is_same_v<T, uint32_t>) return GgufType::kU32;
  if constexpr (std::is_same_v<T, int32_t>) return GgufType::kI32;
  if constexpr (std::is_same_v<T, uint64_t>) return GgufType::kU64;
  if constexpr (std::is_same_v<T, int64_t>) return GgufType::kI64;
  if constexpr (std::is_same_v<T, float>) return GgufType::kF32;
  if constexpr (std::is_same_v<T, double>) return GgufType::kF64;
  if constexpr (std::is_same_v<T, bool>) return GgufType::kBool;
  return GgufType::kString;
}

template <typename T>
void AppendValue(ByteVector& bytes, const T& value) {
  if constexpr (TypeOf<T>() == GgufType::kString) {
    AppendGgufString(bytes, value);
  } else {
    AppendNumber(bytes, value);
  }
}

template <typename T>
GgufWriter& PutScalar(GgufWriter& writer, std::string_view key, T value) {
  ByteVector bytes;
  AppendValue(bytes, value);
  return writer.PutRaw(key, static_cast<uint32_t>(TypeOf<T>()),
                       std::move(bytes));
}

template <typename T>
GgufWriter& PutArray(GgufWriter& writer, std::string_view key,
                     const std::vector<T>& values) {
  ByteVector bytes;
  AppendNumber(bytes, TypeOf<T>());
  AppendNumber(bytes, uint64_t{values.size()});
  for (const T& value : values) AppendValue<T>(bytes, value);
  return writer.PutRaw(key, static_cast<uint32_t>(GgufType::kArray),
                       std::move(bytes));
}

void PadTo(ByteVector& bytes, size_t alignment) {
  if (alignment == 0) return;
  bytes.resize((bytes.size() + alignment - 1) / alignment * alignment);
}

}  // namespace

void AppendGgufString(ByteVector& bytes, std::string_view text) {
  AppendNumber(bytes, uint64_t{text.size()});
  for (char c : text) bytes.push_back(static_cast<std::byte>(c));
}

size_t OffsetAfter(std::span<const std::byte> bytes, std::string_view text) {
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()),
                             bytes.size());
  const size_t at = all.find(text);
  return at == all.npos ? bytes.size() + 1 : at + text.size();
}

GgufWriter& GgufWriter::Version(uint32_t version) {
  version_ = version;
  return *this;
}

GgufWriter& GgufWriter::Alignment(uint32_t alignment) {
  alignment_ = alignment;
  return Put("general.alignment", alignment);
}

GgufWriter& GgufWriter::TensorCount(uint64_t count) {
  tensor_count_ = count;
  return *this;
}

GgufWriter& GgufWriter::KeyCount(uint64_t count) {
  key_count_ = count;
  return *this;
}

GgufWriter& GgufWriter::PadBeforeData(size_t extra_bytes) {
  extra_padding_ = extra_bytes;
  return *this;
}

GgufWriter& GgufWriter::Put(std::string_view key, const char* value) {
  return Put(key, std::string_view(value));
}

#define TENON_DEFINE_PUT(T)                                    \
  GgufWriter& GgufWriter::Put(std::string_view key, T value) { \
    return PutScalar(*this, key, value);                       \
  }
#define TENON_DEFINE_PUT_ARRAY(T)                             \
  GgufWriter& GgufWriter::Put(std::string_view key,           \
                              const std::vector<T>& values) { \
    return PutArray(*this, key, values);                      \
  }
#define TENON_DEFINE_PUT_BOTH(T) TENON_DEFINE_PUT(T) TENON_DEFINE_PUT_ARRAY(T)
TENON_DEFINE_PUT_BOTH(uint8_t)
TENON_DEFINE_PUT_BOTH(int8_t)
TENON_DEFINE_PUT_BOTH(uint16_t)
TENON_DEFINE_PUT_BOTH(int16_t)
TENON_DEFINE_PUT_BOTH(uint32_t)
TENON_DEFINE_PUT_BOTH(int32_t)
TENON_DEFINE_PUT_BOTH(uint64_t)
TENON_DEFINE_PUT_BOTH(int64_t)
TENON_DEFINE_PUT_BOTH(float)
TENON_DEFINE_PUT_BOTH(double)
TENON_DEFINE_PUT(bool)
TENON_DEFINE_PUT(std::string_view)
TENON_DEFINE_PUT_ARRAY(std::string)
#undef TENON_DEFINE_PUT
#undef TENON_DEFINE_PUT_ARRAY
#undef TENON_DEFINE_PUT_BOTH

GgufWriter& GgufWriter::Put(std::string_view key,
                            const std::vector<bool>& values) {
  ByteVector bytes;
  AppendNumber(bytes, GgufType::kBool);
  AppendNumber(bytes, uint64_t{values.size()});
  for (bool value : values) AppendNumber(bytes, value);
  return PutRaw(key, static_cast<uint32_t>(GgufType::kArray), std::move(bytes));
}

GgufWriter& GgufWriter::PutRaw(std::string_view key, uint32_t type,
                               ByteVector value) {
  AppendGgufString(key_values_, key);
  AppendNumber(key_values_, type);
  key_values_.insert(key_values_.end(), value.begin(), value.end());
  ++keys_;
  return *this;
}

GgufWriter& GgufWriter::AddTensor(std::string_view name,
                                  std::vector<uint64_t> dims, DType dtype,
                                  std::span<const std::byte> bytes) {
  PadTo(data_, alignment_);
  AddTensorRaw(name, std::move(dims), Info(dtype).gguf_id, data_.size());
  data_.insert(data_.end(), bytes.begin(), bytes.end());
  return *this;
}

GgufWriter& GgufWriter::AddTensor(std::string_view name,
                                  std::vector<uint64_t> dims,
                                  const std::vector<float>& values) {
  return AddTensor(name, std::move(dims), DType::kF32,
                   std::as_bytes(std::span(values)));
}

GgufWriter& GgufWriter::AddTensorRaw(std::string_view name,
                                     std::vector<uint64_t> dims, uint32_t type,
                                     uint64_t offset) {
  AppendGgufString(infos_, name);
  AppendNumber(infos_, static_cast<uint32_t>(dims.size()));
  for (uint64_t dim : dims) AppendNumber(infos_, dim);
  AppendNumber(infos_, type);
  AppendNumber(infos_, offset);
  ++tensors_;
  return *this;
}

std::vector<std::byte> GgufWriter::Bytes() const {
  std::vector<std::byte> bytes;
  for (char c : std::string_view("GGUF")) {
    bytes.push_back(static_cast<std::byte>(c));
  }
  AppendNumber(bytes, version_);
  AppendNumber(bytes, tensor_count_.value_or(tensors_));
  AppendNumber(bytes, key_count_.value_or(keys_));
  bytes.insert(bytes.end(), key_values_.begin(), key_values_.end());
  bytes.insert(bytes.end(), infos_.begin(), infos_.end());
  if (tensors_ > 0) PadTo(bytes, alignment_);
  bytes.resize(bytes.size() + extra_padding_);
  bytes.insert(bytes.end(), data_.begin(), data_.end());
  return bytes;
}

bool GgufWriter::WriteTo(const std::string& path) const {
  const std::vector<std::byte> bytes = Bytes();
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return false;
  const size_t written = std::fwrite(bytes.data(), 1, bytes.size(), file);
  return std::fclose(file) == 0 && written == bytes.size();
}

}  // namespace tenon
