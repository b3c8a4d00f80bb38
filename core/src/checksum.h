// CRC-32C of tensors: does a file still hold what was written to it?
#ifndef TENON_SRC_CHECKSUM_H_
#define TENON_SRC_CHECKSUM_H_

#include <cstdint>
#include <span>

#include "tenon/model_file.h"
#include "tenon/status.h"

namespace tenon {

// The checksum of what had the checksum `crc32c`, followed by `bytes`.  That of
// nothing is 0.
uint32_t ExtendCrc32c(uint32_t crc32c, std::span<const std::byte> bytes);

// Whether the stored bytes of `tensor`, which have the checksum `actual`, are
// those that the file says.
Status CheckCrc32c(const TensorInfo& tensor, uint32_t actual);

}  // namespace tenon

#endif  // TENON_SRC_CHECKSUM_H_
