// The key-value part of a GGUF header.
#ifndef TENON_FILE_GGUF_METADATA_SECTION_H_
#define TENON_FILE_GGUF_METADATA_SECTION_H_

#include <cstdint>
#include <string_view>

#include "file_gguf/cursor.h"
#include "tenon/metadata.h"
#include "tenon/status.h"

namespace tenon::gguf {

// The least that an entry takes: a key of one letter, a type, a byte.
inline constexpr uint64_t kMinKeyValueBytes = 8 + 1 + 4 + 1;

// Far more than any model has; it bounds the memory that the entries take.
inline constexpr uint64_t kMaxKeyValues = 1 << 16;

// Reads `count` entries.  Strings and arrays borrow the cursor's bytes.
StatusOr<Metadata> ReadMetadata(Cursor& cursor, uint64_t count);

// The error of the entry `key`, which `metadata`, read from the bytes of
// `cursor`, has.  `what` may begin as the messages of Metadata do: 'KEY': ...
Status KeyError(Cursor cursor, const Metadata& metadata, std::string_view key,
                std::string_view what);

}  // namespace tenon::gguf

#endif  // TENON_FILE_GGUF_METADATA_SECTION_H_
