#include "tenon/arena.h"

#include <cstdlib>
#include <limits>

#ifdef __linux__
#include <sys/mman.h>
#endif

#include "absl/strings/str_cat.h"

namespace tenon {

namespace {

// No object is larger.  Aligned up it is still a size_t.
constexpr uint64_t kMostBytes = std::numeric_limits<ptrdiff_t>::max();

void* NewBytes(uint64_t bytes, size_t alignment) {
  if (bytes > kMostBytes) return nullptr;
  const auto units = static_cast<size_t>((bytes + alignment - 1) / alignment);
  return std::aligned_alloc(alignment, (units == 0 ? 1 : units) * alignment);
}

}  // namespace

StatusOr<AlignedBuffer> AlignedBuffer::Allocate(uint64_t bytes,
                                                std::string_view purpose) {
  void* memory = NewBytes(bytes, kAlignment);
  if (memory != nullptr) return Take(memory, bytes);
  return absl::ResourceExhaustedError(
      absl::StrCat("out of memory: ", purpose, " needs ", bytes, " bytes"));
}

StatusOr<AlignedBuffer> AlignedBuffer::AllocateForStreaming(
    uint64_t bytes, std::string_view purpose) {
#ifdef __linux__
  constexpr size_t kHugePage = size_t{2} << 20;
  void* memory = bytes < kHugePage ? nullptr : NewBytes(bytes, kHugePage);
  if (memory != nullptr) {
    madvise(memory, static_cast<size_t>(bytes), MADV_HUGEPAGE);  // only a wish
    return Take(memory, bytes);
  }
#endif
  return Allocate(bytes, purpose);
}

AlignedBuffer AlignedBuffer::Take(void* memory, uint64_t bytes) {
  AlignedBuffer buffer;
  buffer.data_.reset(static_cast<std::byte*>(memory));
  buffer.size_ = static_cast<size_t>(bytes);
  return buffer;
}

void AlignedBuffer::Free::operator()(std::byte* p) const { std::free(p); }

}  // namespace tenon
