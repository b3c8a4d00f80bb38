// Whether tensors still are what was written to a file.
#ifndef TENON_SRC_VERIFY_H_
#define TENON_SRC_VERIFY_H_

#include <cstdint>

#include "tenon/model_file.h"
#include "tenon/status.h"

namespace tenon {

// Whether the stored bytes of `tensor`, which have the checksum `actual`, are
// those that the file says.
Status CheckChecksum(const TensorInfo& tensor, uint64_t actual);

}  // namespace tenon

#endif  // TENON_SRC_VERIFY_H_
