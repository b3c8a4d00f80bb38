#include "file_gguf/metadata_section.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace tenon::gguf {
namespace {

constexpr uint64_t kMaxKeyBytes = 64 << 10;
constexpr uint64_t kMaxStringBytes = 64 << 20;
// Of an array.  Readers widen them to four bytes at most.
constexpr uint64_t kMaxNumbers = 1 << 26;
constexpr uint64_t kMaxStrings = 1 << 24;  // of an array

enum ValueType : uint32_t {
  kU8 = 0,
  kI8 = 1,
  kU16 = 2,
  kI16 = 3,
  kU32 = 4,
  kI32 = 5,
  kF32 = 6,
  kBool = 7,
  kString = 8,
  kArray = 9,
  kU64 = 10,
  kI64 = 11,
  kF64 = 12,
};

template <typename Stored, typename Wide>
StatusOr<MetaValue> ReadNumber(Cursor& cursor) {
  TENON_ASSIGN_OR_RETURN(const Stored value, cursor.Number<Stored>({"value"}));
  return MetaValue(static_cast<Wide>(value));
}

StatusOr<MetaValue> ReadString(Cursor& cursor) {
  TENON_ASSIGN_OR_RETURN(const std::string_view text,
                         cursor.String({"value"}, kMaxStringBytes));
  return MetaValue(text);
}

StatusOr<MetaValue> ReadStrings(Cursor& cursor) {
  TENON_ASSIGN_OR_RETURN(
      const uint64_t count,
      cursor.Count({"array length"}, kMaxStrings, kLengthBytes));
  std::vector<std::string_view> strings;  // grows with what is really there
  for (uint64_t i = 0; i < count; ++i) {
    TENON_ASSIGN_OR_RETURN(const std::string_view text,
                           cursor.String({"value", i}, kMaxStringBytes));
    strings.push_back(text);
  }
  return MetaValue(std::move(strings));
}

// The width and kind of an array's elements; no bytes if they are not numbers.
NumberArray ElementsOf(uint32_t type) {
  using Element = NumberArray::Element;
  switch (type) {
    case kU8:
      return {Element::kUint, 1, {}};
    case kI8:
      return {Element::kInt, 1, {}};
    case kU16:
      return {Element::kUint, 2, {}};
    case kI16:
      return {Element::kInt, 2, {}};
    case kU32:
      return {Element::kUint, 4, {}};
    case kI32:
      return {Element::kInt, 4, {}};
    case kF32:
      return {Element::kFloat, 4, {}};
    case kBool:
      return {Element::kBool, 1, {}};
    case kU64:
      return {Element::kUint, 8, {}};
    case kI64:
      return {Element::kInt, 8, {}};
    case kF64:
      return {Element::kFloat, 8, {}};
    default:
      return {Element::kUint, 0, {}};
  }
}

StatusOr<MetaValue> ReadArray(Cursor& cursor) {
  const uint64_t start = cursor.position();
  TENON_ASSIGN_OR_RETURN(const uint32_t type,
                         cursor.Number<uint32_t>({"element type"}));
  if (type == kString) return ReadStrings(cursor);
  if (type == kArray) {
    return cursor.Error({"element type"}, start,
                        "arrays of arrays are not supported");
  }
  NumberArray array = ElementsOf(type);
  if (array.element_bytes == 0) {
    return cursor.Error({"element type"}, start,
                        absl::StrCat(type, " is not a value type (0 to 12)"));
  }
  TENON_ASSIGN_OR_RETURN(
      const uint64_t count,
      cursor.Count({"array length"}, kMaxNumbers, array.element_bytes));
  TENON_ASSIGN_OR_RETURN(array.bytes,
                         cursor.Array({"value"}, count, array.element_bytes));
  return MetaValue(array);
}

StatusOr<MetaValue> ReadValue(Cursor& cursor) {
  const uint64_t start = cursor.position();
  TENON_ASSIGN_OR_RETURN(const uint32_t type,
                         cursor.Number<uint32_t>({"type"}));
  switch (type) {
    case kU8:
      return ReadNumber<uint8_t, uint64_t>(cursor);
    case kI8:
      return ReadNumber<int8_t, int64_t>(cursor);
    case kU16:
      return ReadNumber<uint16_t, uint64_t>(cursor);
    case kI16:
      return ReadNumber<int16_t, int64_t>(cursor);
    case kU32:
      return ReadNumber<uint32_t, uint64_t>(cursor);
    case kI32:
      return ReadNumber<int32_t, int64_t>(cursor);
    case kF32:
      return ReadNumber<float, double>(cursor);
    case kBool:
      return ReadNumber<uint8_t, bool>(cursor);
    case kString:
      return ReadString(cursor);
    case kArray:
      return ReadArray(cursor);
    case kU64:
      return ReadNumber<uint64_t, uint64_t>(cursor);
    case kI64:
      return ReadNumber<int64_t, int64_t>(cursor);
    case kF64:
      return ReadNumber<double, double>(cursor);
    default:
      return cursor.Error({"type"}, start,
                          absl::StrCat(type, " is not a value type (0 to 12)"));
  }
}

}  // namespace

StatusOr<Metadata> ReadMetadata(Cursor& cursor, uint64_t count) {
  Metadata metadata;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t start = cursor.position();
    const Field field{"metadata key", i};
    TENON_ASSIGN_OR_RETURN(const std::string_view key,
                           cursor.Name(field, kMaxKeyBytes));
    cursor.Enter("metadata", key);
    TENON_ASSIGN_OR_RETURN(MetaValue value, ReadValue(cursor));
    cursor.Leave();
    if (!metadata.Add(key, std::move(value)).ok()) {
      return cursor.Error(field, start,
                          absl::StrCat(Quoted(key), " is there twice"));
    }
  }
  return metadata;
}

Status KeyError(Cursor cursor, const Metadata& metadata, std::string_view key,
                std::string_view what) {
  const auto entries = metadata.entries();
  const auto entry = std::find_if(entries.begin(), entries.end(),
                                  [&](auto& e) { return e.key == key; });
  const std::string prefix = absl::StrCat("'", key, "': ");
  cursor.Enter("metadata", key);
  return cursor.Error({}, cursor.PositionOf(entry->key) - kLengthBytes,
                      absl::StripPrefix(what, prefix));
}

}  // namespace tenon::gguf
