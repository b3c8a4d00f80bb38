#include "tenon/arena.h"

#include <new>

#include "absl/strings/str_cat.h"

namespace tenon {

StatusOr<AlignedBuffer> AlignedBuffer::Allocate(size_t bytes,
                                                std::string_view purpose) {
  AlignedBuffer buffer;
  const size_t padded = AlignUp(bytes == 0 ? 1 : bytes);
  void* memory =
      padded < bytes
          ? nullptr
          : ::operator new(padded, std::align_val_t{kAlignment}, std::nothrow);
  if (memory == nullptr) {
    return absl::ResourceExhaustedError(
        absl::StrCat("out of memory: ", purpose, " needs ", bytes, " bytes"));
  }
  buffer.data_.reset(static_cast<std::byte*>(memory));
  buffer.size_ = bytes;
  return buffer;
}

void AlignedBuffer::Free::operator()(std::byte* p) const {
  ::operator delete(p, std::align_val_t{kAlignment});
}

}  // namespace tenon
