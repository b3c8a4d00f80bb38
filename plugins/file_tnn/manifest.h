// The front of a packed file: a FlatBuffer with its size before it, and the
// checksum of both behind it.
//
//   u32 n, n bytes of FlatBuffer ("TNNM" at byte 8), u64 XXH64 of all these,
//   zeros up to a multiple of 64, data
#ifndef TENON_FILE_TNN_MANIFEST_H_
#define TENON_FILE_TNN_MANIFEST_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "file_tnn/schema/tnn_generated.h"
#include "tenon/arena.h"
#include "tenon/byte_source.h"
#include "tenon/status.h"

namespace tenon::tnn {

inline constexpr uint16_t kVersion = 2;
inline constexpr std::string_view kIdentifier = "TNNM";
inline constexpr uint64_t kIdentifierAt = 8;  // byte of the file
inline constexpr uint64_t kSizeBytes = 4, kChecksumBytes = 8;
inline constexpr uint64_t kMaxManifestBytes = uint64_t{1} << 30;
// What a name may take.
inline constexpr size_t kMaxKeyBytes = 64 << 10, kMaxNameBytes = 255;

// Where the data begin after a manifest that takes so many bytes, its size
// included.
constexpr uint64_t DataBegin(uint64_t manifest_bytes) {
  return AlignUp(manifest_bytes + kChecksumBytes);
}

// "FILE: FIELD: what is wrong", kInvalidArgument.
Status Error(std::string_view file, std::string_view field,
             std::string_view what);
// For people: in quotes, escaped, and cut if it is very long.
std::string Quoted(std::string_view name);
// What is wrong with a name of at most `max_bytes`; empty if nothing is.
std::string_view WhatIsWrongWithName(std::string_view name, size_t max_bytes);

struct Front {
  const fb::Manifest* manifest;  // a well-formed FlatBuffer of a known version
  uint64_t data_begin;           // the data end with the file
  // Owns the manifest unless it is mapped.
  std::unique_ptr<std::byte[]> buffer;
};

// Errors: kInvalidArgument "FILE: manifest at byte 0: ..."; kUnavailable when
// reading fails; kResourceExhausted.
StatusOr<Front> ReadFront(ByteSource& source);

}  // namespace tenon::tnn

#endif  // TENON_FILE_TNN_MANIFEST_H_
