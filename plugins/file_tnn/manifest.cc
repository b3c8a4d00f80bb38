#include "file_tnn/manifest.h"

#include <cstring>
#include <new>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tenon/model_file.h"

namespace tenon::tnn {
namespace {

constexpr std::string_view kField = "manifest at byte 0";
constexpr size_t kLongName = 80;  // bytes that are shown

// A number that stands at `bytes`.
template <typename T>
T Load(const std::byte* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

// Of the manifest and its size, checksum excluded.
StatusOr<uint64_t> ReadSize(ByteSource& source) {
  std::byte size[kSizeBytes];
  if (source.size() < kIdentifierAt + kIdentifier.size())
    return Error(source.name(), kField,
                 absl::StrCat("the file has only ", source.size(), " bytes"));
  TENON_RETURN_IF_ERROR(source.Read(0, size));
  const uint64_t bytes = kSizeBytes + Load<uint32_t>(size);
  if (bytes + kChecksumBytes > source.size())
    return Error(
        source.name(), kField,
        absl::StrCat("its ", bytes,
                     " bytes and their checksum end beyond the file's ",
                     source.size()));
  if (bytes > kMaxManifestBytes)
    return Error(
        source.name(), kField,
        absl::StrCat(bytes, " bytes are more than ", kMaxManifestBytes));
  return bytes;
}

bool IsAligned(const std::byte* bytes) {
  return reinterpret_cast<uintptr_t>(bytes) % alignof(uint64_t) == 0;
}

// The first `bytes` bytes, aligned; read into `buffer` if they have to be.
StatusOr<std::span<const std::byte>> First(
    ByteSource& source, uint64_t bytes, std::unique_ptr<std::byte[]>& buffer) {
  const auto size = static_cast<size_t>(bytes);
  const auto front = source.Front();
  if (front.size() >= bytes && IsAligned(front.data()))
    return front.first(size);
  buffer.reset(new (std::nothrow) std::byte[size]);
  if (buffer == nullptr)
    return absl::ResourceExhaustedError(absl::StrCat(
        source.name(), ": no memory for a manifest of ", bytes, " bytes"));
  TENON_RETURN_IF_ERROR(source.Read(0, {buffer.get(), size}));
  return std::span<const std::byte>(buffer.get(), size);
}

Status CheckChecksum(std::string_view file, std::span<const std::byte> bytes,
                     const std::byte* said) {
  const uint64_t actual = ChecksumOf(bytes);
  const auto expected = Load<uint64_t>(said);
  if (actual == expected) return absl::OkStatus();
  return Error(
      file, kField,
      absl::StrCat("it was changed: its checksum is ",
                   absl::Hex(actual, absl::kZeroPad16), ", the file says ",
                   absl::Hex(expected, absl::kZeroPad16)));
}

// Every offset inside, every string ended, no table cyclic.
StatusOr<const fb::Manifest*> Verify(std::string_view file,
                                     std::span<const std::byte> bytes) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  flatbuffers::Verifier verifier(data, bytes.size());
  if (!fb::VerifySizePrefixedManifestBuffer(verifier))
    return Error(file, kField, "is no well-formed FlatBuffer of its schema");
  const fb::Manifest* manifest = fb::GetSizePrefixedManifest(data);
  if (manifest->version() == kVersion) return manifest;
  return Error(file, "version",
               absl::StrCat(manifest->version(), " is not supported; ",
                            kVersion, " is"));
}

Status CheckDataBytes(const ByteSource& source, const fb::Manifest& manifest,
                      uint64_t data_begin) {
  if (data_begin <= source.size() &&
      manifest.data_bytes() == source.size() - data_begin)
    return absl::OkStatus();
  return Error(
      source.name(), "data_bytes",
      absl::StrCat(manifest.data_bytes(), " bytes from byte ", data_begin,
                   " on, but the file has ", source.size(), " bytes"));
}

}  // namespace

Status Error(std::string_view file, std::string_view field,
             std::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(file, ": ", field, ": ", what));
}

std::string Quoted(std::string_view name) {
  return absl::StrCat("'", absl::CHexEscape(name.substr(0, kLongName)),
                      name.size() > kLongName ? "..." : "", "'");
}

std::string_view WhatIsWrongWithName(std::string_view name, size_t max_bytes) {
  if (name.empty()) return "has no name";
  if (name.size() > max_bytes) return "has far too long a name";
  for (const char c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      return "has a control character in its name";
  return {};
}

StatusOr<Front> ReadFront(ByteSource& source) {
  TENON_ASSIGN_OR_RETURN(const uint64_t size, ReadSize(source));
  Front front;
  TENON_ASSIGN_OR_RETURN(const auto bytes,
                         First(source, size + kChecksumBytes, front.buffer));
  const auto manifest = bytes.first(static_cast<size_t>(size));
  TENON_RETURN_IF_ERROR(
      CheckChecksum(source.name(), manifest, bytes.data() + size));
  TENON_ASSIGN_OR_RETURN(front.manifest, Verify(source.name(), manifest));
  front.data_begin = DataBegin(size);
  TENON_RETURN_IF_ERROR(
      CheckDataBytes(source, *front.manifest, front.data_begin));
  return front;
}

}  // namespace tenon::tnn
