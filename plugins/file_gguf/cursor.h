// Reading fields one after another from bytes that nobody vouches for.
#ifndef TENON_FILE_GGUF_CURSOR_H_
#define TENON_FILE_GGUF_CURSOR_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tenon/status.h"

namespace tenon::gguf {

// The exact result, or nothing if it needs more than 64 bits.
constexpr std::optional<uint64_t> CheckedAdd(uint64_t a, uint64_t b) {
  if (a > std::numeric_limits<uint64_t>::max() - b) return std::nullopt;
  return a + b;
}
constexpr std::optional<uint64_t> CheckedMultiply(uint64_t a, uint64_t b) {
  if (b != 0 && a > std::numeric_limits<uint64_t>::max() / b) {
    return std::nullopt;
  }
  return a * b;
}

// What comes before the text of a string.
inline constexpr uint64_t kLengthBytes = 8;

// What is being read, for errors: "dims" or "dims[1]"; without a name, all of
// the subject.
struct Field {
  const char* name = nullptr;
  std::optional<uint64_t> index = std::nullopt;
};

// Every read of a header goes through one of these, and every read is checked
// against the bytes that are there before anything is done with them.
//
// A cursor may hold only the first part of a file.  A read beyond that part,
// but inside the file, fails and sets wanted(): the caller fetches more and
// starts again.
//
// Errors: kInvalidArgument "FILE: SUBJECT FIELD at byte N: what is wrong".
class Cursor {
 public:
  // `bytes` are the first of the `file_bytes` bytes of the file `name`.  Both
  // are borrowed.
  Cursor(std::string_view name, std::span<const std::byte> bytes,
         uint64_t file_bytes)
      : name_(name), bytes_(bytes), file_bytes_(file_bytes) {}

  uint64_t position() const { return position_; }
  uint64_t file_bytes() const { return file_bytes_; }
  // To the end of the file, not of the part that is held.
  uint64_t remaining() const { return file_bytes_ - position_; }
  // How many bytes of the file the last read that failed asked for.
  uint64_t wanted() const { return wanted_; }

  // What the next fields belong to, for errors: tensor 'blk.0.attn_q.weight'.
  // `name` is borrowed.
  void Enter(const char* kind, std::string_view name) {
    subject_kind_ = kind;
    subject_name_ = name;
  }
  void Leave() { subject_kind_ = nullptr; }

  // A little-endian number of sizeof(T) bytes.
  template <typename T>
  StatusOr<T> Number(Field field);

  // `count` elements of `element_bytes` bytes, borrowed.
  StatusOr<std::span<const std::byte>> Array(Field field, uint64_t count,
                                             uint64_t element_bytes);

  // A length of eight bytes, at most `max_bytes`, and that many bytes,
  // borrowed.
  StatusOr<std::string_view> String(Field field, uint64_t max_bytes);

  // As String, but neither empty nor with a control character.
  StatusOr<std::string_view> Name(Field field, uint64_t max_bytes);

  // The number of entries that follow: at most `max_count`, and so few that
  // the file has room for entries of `min_entry_bytes`.
  StatusOr<uint64_t> Count(Field field, uint64_t max_count,
                           uint64_t min_entry_bytes);

  // Where a string that was read here begins.
  uint64_t PositionOf(std::string_view borrowed) const {
    return static_cast<uint64_t>(
        reinterpret_cast<const std::byte*>(borrowed.data()) - bytes_.data());
  }

  // The error of `field`, which begins at byte `at`.
  Status Error(Field field, uint64_t at, std::string_view what) const;

 private:
  // The next `count` bytes, which are then behind the cursor.
  StatusOr<std::span<const std::byte>> Take(Field field, uint64_t count);

  std::string_view name_;
  std::span<const std::byte> bytes_;
  uint64_t file_bytes_;
  uint64_t position_ = 0;
  uint64_t wanted_ = 0;
  const char* subject_kind_ = nullptr;
  std::string_view subject_name_;
};

template <typename T>
StatusOr<T> Cursor::Number(Field field) {
  static_assert(std::endian::native == std::endian::little);
  TENON_ASSIGN_OR_RETURN(const auto bytes, Take(field, sizeof(T)));
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

// For people: quoted, and cut if it is very long.
std::string Quoted(std::string_view name);

}  // namespace tenon::gguf

#endif  // TENON_FILE_GGUF_CURSOR_H_
