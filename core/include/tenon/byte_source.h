// Where the bytes of a model come from.
#ifndef TENON_BYTE_SOURCE_H_
#define TENON_BYTE_SOURCE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "tenon/status.h"

namespace tenon {

// Random access to immutable bytes.  Threads: one caller at a time.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::string_view name() const = 0;  // for errors: the file's path
  virtual uint64_t size() const = 0;          // bytes

  // Fills `out` from `offset`.
  // Errors: kInvalidArgument past the end, kUnavailable when reading fails.
  virtual Status Read(uint64_t offset, std::span<std::byte> out) = 0;

  // All bytes at once, valid as long as the source lives; empty if this source
  // cannot map them.
  virtual std::span<const std::byte> Mapped() const { return {}; }

  // As Mapped(), but only the first bytes, as many as are in memory.
  virtual std::span<const std::byte> Front() const { return Mapped(); }
};

// The error of reading `count` bytes from `offset` if they are not all inside
// of `source`: what every Read() begins with.
Status CheckInside(const ByteSource& source, uint64_t offset, uint64_t count);

// Opens the file at `path`, read-only: mapped into memory where the system can
// do that, otherwise read as it is asked for.
// Errors: kNotFound, kUnavailable; both name the path.
StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::string& path);

// As OpenFile, but never mapped.
StatusOr<std::unique_ptr<ByteSource>> OpenUnmappedFile(const std::string& path);

// Borrows `bytes`, which must outlive the source.
std::unique_ptr<ByteSource> FromMemory(std::string name,
                                       std::span<const std::byte> bytes);

// Opens another file beside the first: the shards of a split model.  `name` is
// a bare file name, never a path.
using SiblingOpener =
    std::function<StatusOr<std::unique_ptr<ByteSource>>(std::string_view name)>;

}  // namespace tenon

#endif  // TENON_BYTE_SOURCE_H_
