// Memory that a caller owns and hands to the engine, aligned for any vector
// unit and for cache lines.
#ifndef TENON_ARENA_H_
#define TENON_ARENA_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "tenon/status.h"

namespace tenon {

inline constexpr size_t kAlignment = 64;  // bytes: one cache line, one ZMM

constexpr uint64_t AlignUp(uint64_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

// An owned block of kAlignment-aligned bytes.  Movable, not copyable.
class AlignedBuffer {
 public:
  AlignedBuffer() = default;

  // Uninitialised memory: pages that are never touched cost nothing.  `bytes`
  // may be more than this program can address.
  // Errors: kResourceExhausted, naming `purpose` and the bytes asked for.
  static StatusOr<AlignedBuffer> Allocate(uint64_t bytes,
                                          std::string_view purpose);

  // The same for memory that is read from end to end: in huge pages where the
  // system has them, as each page takes a translation of addresses.
  static StatusOr<AlignedBuffer> AllocateForStreaming(uint64_t bytes,
                                                      std::string_view purpose);

  std::byte* data() { return data_.get(); }
  const std::byte* data() const { return data_.get(); }
  size_t size() const { return size_; }
  std::span<std::byte> bytes() { return {data(), size_}; }

 private:
  static AlignedBuffer Take(void* memory, uint64_t bytes);

  struct Free {
    void operator()(std::byte* p) const;
  };
  std::unique_ptr<std::byte[], Free> data_;
  size_t size_ = 0;
};

}  // namespace tenon

#endif  // TENON_ARENA_H_
