#include "file_gguf/cursor.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace tenon::gguf {
namespace {

constexpr size_t kLongestQuote = 100;

bool IsControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

std::string Quoted(std::string_view name) {
  if (name.size() <= kLongestQuote) return absl::StrCat("'", name, "'");
  return absl::StrCat("'", name.substr(0, kLongestQuote), "...'");
}

Status Cursor::Error(Field field, uint64_t at, std::string_view what) const {
  std::string place;
  if (subject_kind_ != nullptr) {
    absl::StrAppend(&place, subject_kind_, " ", Quoted(subject_name_), " ");
  }
  if (field.name != nullptr) absl::StrAppend(&place, field.name);
  if (field.index) absl::StrAppend(&place, "[", *field.index, "]");
  if (field.name != nullptr) absl::StrAppend(&place, " ");
  return absl::InvalidArgumentError(
      absl::StrCat(name_, ": ", place, "at byte ", at, ": ", what));
}

StatusOr<std::span<const std::byte>> Cursor::Take(Field field, uint64_t count) {
  if (count > remaining()) {
    return Error(field, position_,
                 absl::StrCat("needs ", count, " bytes, but the file ends ",
                              remaining(), " bytes further on"));
  }
  if (count > bytes_.size() - position_) {
    wanted_ = position_ + count;
    return absl::OutOfRangeError("beyond the part that was read");
  }
  const auto taken = bytes_.subspan(position_, count);
  position_ += count;
  return taken;
}

StatusOr<std::span<const std::byte>> Cursor::Array(Field field, uint64_t count,
                                                   uint64_t element_bytes) {
  const std::optional<uint64_t> total = CheckedMultiply(count, element_bytes);
  if (!total || *total > remaining()) {
    return Error(field, position_,
                 absl::StrCat(count, " elements of ", element_bytes,
                              " bytes each do not fit in the ", remaining(),
                              " bytes up to the end of the file"));
  }
  return Take(field, *total);
}

StatusOr<std::string_view> Cursor::String(Field field, uint64_t max_bytes) {
  const uint64_t start = position_;
  TENON_ASSIGN_OR_RETURN(const auto length, Number<uint64_t>(field));
  if (length > max_bytes) {
    return Error(field, start,
                 absl::StrCat("is ", length, " bytes long; at most ", max_bytes,
                              " are allowed"));
  }
  TENON_ASSIGN_OR_RETURN(const auto bytes, Take(field, length));
  return std::string_view(reinterpret_cast<const char*>(bytes.data()),
                          bytes.size());
}

StatusOr<std::string_view> Cursor::Name(Field field, uint64_t max_bytes) {
  const uint64_t start = position_;
  TENON_ASSIGN_OR_RETURN(const auto name, String(field, max_bytes));
  if (name.empty()) return Error(field, start, "is empty");
  const auto control = std::find_if(name.begin(), name.end(), IsControl);
  if (control != name.end()) {
    return Error(field, start,
                 absl::StrCat("has a control character, ",
                              static_cast<unsigned char>(*control),
                              ", at index ", control - name.begin()));
  }
  return name;
}

StatusOr<uint64_t> Cursor::Count(Field field, uint64_t max_count,
                                 uint64_t min_entry_bytes) {
  const uint64_t start = position_;
  TENON_ASSIGN_OR_RETURN(const auto count, Number<uint64_t>(field));
  if (count > max_count) {
    return Error(field, start,
                 absl::StrCat(count, " is too many; at most ", max_count,
                              " are allowed"));
  }
  if (count > remaining() / min_entry_bytes) {
    return Error(field, start,
                 absl::StrCat(count, " of at least ", min_entry_bytes,
                              " bytes each do not fit in the ", remaining(),
                              " bytes up to the end of the file"));
  }
  return count;
}

}  // namespace tenon::gguf
