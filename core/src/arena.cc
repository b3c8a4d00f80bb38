#include "tenon/arena.h"

#include <cstdlib>
#include <limits>

#include "absl/strings/str_cat.h"

namespace tenon {

namespace {

// No object is larger.  Aligned up it is still a size_t.
constexpr uint64_t kMostBytes = std::numeric_limits<ptrdiff_t>::max();

void* NewBytes(uint64_t bytes) {
  if (bytes > kMostBytes) return nullptr;
  return std::aligned_alloc(
      kAlignment, static_cast<size_t>(AlignUp(bytes == 0 ? 1 : bytes)));
}

}  // namespace

StatusOr<AlignedBuffer> AlignedBuffer::Allocate(uint64_t bytes,
                                                std::string_view purpose) {
  AlignedBuffer buffer;
  void* memory = NewBytes(bytes);
  if (memory == nullptr) {
    return absl::ResourceExhaustedError(
        absl::StrCat("out of memory: ", purpose, " needs ", bytes, " bytes"));
  }
  buffer.data_.reset(static_cast<std::byte*>(memory));
  buffer.size_ = static_cast<size_t>(bytes);
  return buffer;
}

void AlignedBuffer::Free::operator()(std::byte* p) const { std::free(p); }

}  // namespace tenon
