// The header of one GGUF file, whole model or shard.
//
//   "GGUF", version u32, tensor count u64, key count u64,
//   keys and values, tensor table, padding to the alignment, data
#ifndef TENON_FILE_GGUF_HEADER_H_
#define TENON_FILE_GGUF_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "file_gguf/cursor.h"
#include "tenon/byte_source.h"
#include "tenon/metadata.h"
#include "tenon/model_file.h"
#include "tenon/status.h"

namespace tenon::gguf {

// All of it was checked against the size of the file.
struct Header {
  uint32_t version;                 // 2 or 3
  Metadata metadata;                // borrows `bytes`
  std::vector<TensorInfo> tensors;  // names borrow `bytes`; source 0
  std::span<const std::byte> bytes;
  std::unique_ptr<std::byte[]> buffer;  // owns `bytes` unless the source does
};

// Errors: kInvalidArgument, see Cursor; kUnavailable when reading fails;
// kResourceExhausted when there is no memory for the header.
StatusOr<Header> ReadHeader(ByteSource& source);

}  // namespace tenon::gguf

#endif  // TENON_FILE_GGUF_HEADER_H_
