// Opening a packed file.
#ifndef TENON_FILE_TNN_OPEN_H_
#define TENON_FILE_TNN_OPEN_H_

#include <cstddef>
#include <memory>
#include <span>

#include "tenon/model_file.h"

namespace tenon::tnn {

// As FileFormat's members of these names.
bool LooksLikeTnn(std::span<const std::byte> head) noexcept;
StatusOr<ModelFile> Open(std::unique_ptr<ByteSource> source,
                         const SiblingOpener& siblings, const LogHook& log);

}  // namespace tenon::tnn

#endif  // TENON_FILE_TNN_OPEN_H_
