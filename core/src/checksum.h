// CRC-32C of tensors: does a file still hold what was written to it?
#ifndef TENON_SRC_CHECKSUM_H_
#define TENON_SRC_CHECKSUM_H_

#include <cstdint>

#include "tenon/model_file.h"
#include "tenon/status.h"

namespace tenon {

// Whether the stored bytes of `tensor`, which have the checksum `actual`, are
// those that the file says.
Status CheckCrc32c(const TensorInfo& tensor, uint32_t actual);

}  // namespace tenon

#endif  // TENON_SRC_CHECKSUM_H_
