// Packs model files that lie in memory.
#ifndef TENON_TESTS_SUPPORT_PACK_H_
#define TENON_TESTS_SUPPORT_PACK_H_

#include <cstddef>
#include <span>

#include "tenon/arena.h"
#include "tenon/model.h"
#include "tenon/registry.h"
#include "tenon/status.h"

namespace tenon::testing_support {

// `file` in the format of file_tnn, which is linked, for the backends of
// `options`; aligned as a mapping is.
StatusOr<AlignedBuffer> PackInMemory(const Registry& registry,
                                     std::span<const std::byte> file,
                                     const LoadOptions& options);

}  // namespace tenon::testing_support

#endif  // TENON_TESTS_SUPPORT_PACK_H_
