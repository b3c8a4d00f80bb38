// The tensor table of a GGUF header.
#ifndef TENON_FILE_GGUF_TENSOR_SECTION_H_
#define TENON_FILE_GGUF_TENSOR_SECTION_H_

#include <cstdint>
#include <vector>

#include "file_gguf/cursor.h"
#include "tenon/model_file.h"
#include "tenon/status.h"

namespace tenon::gguf {

// The least that an entry takes: a name of one letter, a count of dimensions
// and one of them, a type, an offset.
inline constexpr uint64_t kMinTensorBytes = 8 + 1 + 4 + 8 + 4 + 8;

// Far more than any model has; it bounds the time that looking names up takes.
inline constexpr uint64_t kMaxTensors = 1 << 16;

// Reads `count` entries.  Offsets are what the file says: from the start of
// its data.  Names borrow the cursor's bytes.  `source` is always 0.
StatusOr<std::vector<TensorInfo>> ReadTensors(Cursor& cursor, uint64_t count);

// Makes offsets count from the start of the file, where the data begins at
// byte `data_start`.
// Errors: an offset that is not a multiple of `alignment`; a tensor that is not
// inside the file, or that shares bytes with another.
Status PlaceTensors(const Cursor& cursor, uint64_t data_start,
                    uint64_t alignment, std::vector<TensorInfo>& tensors);

}  // namespace tenon::gguf

#endif  // TENON_FILE_GGUF_TENSOR_SECTION_H_
