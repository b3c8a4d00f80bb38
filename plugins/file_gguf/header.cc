#include "file_gguf/header.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "file_gguf/metadata_section.h"
#include "file_gguf/tensor_section.h"

namespace tenon::gguf {
namespace {

constexpr uint32_t kMagic = 0x46554747;  // "GGUF"
constexpr std::string_view kAlignmentKey = "general.alignment";
constexpr uint32_t kDefaultAlignment = 32;
constexpr uint32_t kMaxAlignment = 1 << 20;
constexpr uint64_t kFirstPiece = 1 << 20;  // bytes

Status CheckMagic(Cursor& cursor) {
  TENON_ASSIGN_OR_RETURN(const auto magic, cursor.Number<uint32_t>({"magic"}));
  if (magic == kMagic) return absl::OkStatus();
  return cursor.Error({"magic"}, 0, "is not \"GGUF\"");
}

StatusOr<uint32_t> ReadVersion(Cursor& cursor) {
  const uint64_t start = cursor.position();
  TENON_ASSIGN_OR_RETURN(const auto version,
                         cursor.Number<uint32_t>({"version"}));
  if (version == 2 || version == 3) return version;
  if (version != 0 && (version & 0xffff) == 0) {
    return cursor.Error({"version"}, start,
                        "the file is big-endian; only little-endian GGUF is "
                        "supported");
  }
  return cursor.Error({"version"}, start,
                      absl::StrCat(version, " is not supported; 2 and 3 are"));
}

StatusOr<uint64_t> Alignment(const Cursor& cursor, const Metadata& metadata) {
  const StatusOr<uint32_t> alignment =
      metadata.U32Or(kAlignmentKey, kDefaultAlignment);
  if (!alignment.ok()) {
    return KeyError(cursor, metadata, kAlignmentKey,
                    alignment.status().message());
  }
  if (!std::has_single_bit(*alignment) || *alignment > kMaxAlignment) {
    return KeyError(cursor, metadata, kAlignmentKey,
                    absl::StrCat(*alignment, " is not a power of two up to ",
                                 kMaxAlignment));
  }
  return *alignment;
}

// REQUIRES: `alignment` is a power of two, and `position` inside a file.
uint64_t AlignUp(uint64_t position, uint64_t alignment) {
  return (position + alignment - 1) & ~(alignment - 1);
}

StatusOr<Header> ParseHeader(Cursor& cursor) {
  Header header;
  TENON_RETURN_IF_ERROR(CheckMagic(cursor));
  TENON_ASSIGN_OR_RETURN(header.version, ReadVersion(cursor));
  TENON_ASSIGN_OR_RETURN(
      const auto tensor_count,
      cursor.Count({"tensor count"}, kMaxTensors, kMinTensorBytes));
  TENON_ASSIGN_OR_RETURN(
      const auto key_count,
      cursor.Count({"metadata count"}, kMaxKeyValues, kMinKeyValueBytes));

  TENON_ASSIGN_OR_RETURN(header.metadata, ReadMetadata(cursor, key_count));
  TENON_ASSIGN_OR_RETURN(const uint64_t alignment,
                         Alignment(cursor, header.metadata));
  TENON_ASSIGN_OR_RETURN(header.tensors, ReadTensors(cursor, tensor_count));
  TENON_RETURN_IF_ERROR(PlaceTensors(cursor,
                                     AlignUp(cursor.position(), alignment),
                                     alignment, header.tensors));
  return header;
}

// Null if there is no memory for as many.
std::unique_ptr<std::byte[]> NewBytes(uint64_t bytes) {
  if (!std::in_range<ptrdiff_t>(bytes)) return nullptr;
  const auto size = static_cast<size_t>(bytes);
  return std::unique_ptr<std::byte[]>(new (std::nothrow) std::byte[size]);
}

StatusOr<std::unique_ptr<std::byte[]>> ReadFirst(ByteSource& source,
                                                 uint64_t bytes) {
  std::unique_ptr<std::byte[]> buffer = NewBytes(bytes);
  if (buffer == nullptr) {
    return absl::ResourceExhaustedError(absl::StrCat(
        source.name(), ": no memory for a header of ", bytes, " bytes"));
  }
  TENON_RETURN_IF_ERROR(
      source.Read(0, {buffer.get(), static_cast<size_t>(bytes)}));
  return buffer;
}

// Parses the first `bytes` bytes, then more as long as they are not enough.
StatusOr<Header> ReadAndParse(ByteSource& source, uint64_t bytes) {
  for (;;) {
    TENON_ASSIGN_OR_RETURN(auto buffer, ReadFirst(source, bytes));
    const std::span<const std::byte> first(buffer.get(),
                                           static_cast<size_t>(bytes));
    Cursor cursor(source.name(), first, source.size());
    StatusOr<Header> header = ParseHeader(cursor);
    if (cursor.wanted() <= bytes) {
      if (!header.ok()) return header;
      header->bytes = first;
      header->buffer = std::move(buffer);
      return header;
    }
    bytes = std::min(source.size(), std::max(2 * bytes, cursor.wanted()));
  }
}

}  // namespace

StatusOr<Header> ReadHeader(ByteSource& source) {
  const std::span<const std::byte> front = source.Front();
  Cursor cursor(source.name(), front, source.size());
  StatusOr<Header> header = ParseHeader(cursor);
  if (cursor.wanted() > front.size()) {
    const uint64_t bytes = std::max(cursor.wanted(), kFirstPiece);
    return ReadAndParse(source, std::min(source.size(), bytes));
  }
  if (header.ok()) header->bytes = front;
  return header;
}

}  // namespace tenon::gguf
