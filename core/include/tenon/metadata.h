// The key-value metadata of a model file, under its GGUF names.
#ifndef TENON_METADATA_H_
#define TENON_METADATA_H_

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tenon/status.h"

namespace tenon {

// An array of numbers as the file stores it: little-endian, unaligned.
struct NumberArray {
  enum class Element : uint8_t { kUint, kInt, kFloat, kBool };
  Element element;
  uint8_t element_bytes;  // 1, 2, 4 or 8
  std::span<const std::byte> bytes;

  size_t size() const { return bytes.size() / element_bytes; }
};

// Unsigned, signed, float and bool scalars are widened; strings and arrays
// borrow the file's bytes.
using MetaValue =
    std::variant<uint64_t, int64_t, double, bool, std::string_view, NumberArray,
                 std::vector<std::string_view>>;

// Keys and values in file order.  Borrows strings and arrays from the
// ModelFile that made it, which must outlive it.
//
// Getters are lenient in width and strict in kind: any integer type serves an
// integer key if the value fits, f32 and f64 serve float keys, and nothing
// converts between integers, floats, strings and booleans.
// Errors: kNotFound when the key is absent (not from the ...Or forms),
// kInvalidArgument when the kind or range is wrong; both name the key.
class Metadata {
 public:
  struct Entry {
    std::string_view key;
    MetaValue value;
  };

  // Errors: kInvalidArgument if the key is there already.
  Status Add(std::string_view key, MetaValue value);

  std::span<const Entry> entries() const { return entries_; }
  const MetaValue* Find(std::string_view key) const;
  bool Has(std::string_view key) const { return Find(key) != nullptr; }

  StatusOr<uint32_t> U32(std::string_view key) const;
  StatusOr<uint32_t> U32Or(std::string_view key, uint32_t otherwise) const;
  StatusOr<double> F64(std::string_view key) const;
  StatusOr<double> F64Or(std::string_view key, double otherwise) const;
  StatusOr<bool> BoolOr(std::string_view key, bool otherwise) const;
  StatusOr<std::string_view> String(std::string_view key) const;
  StatusOr<std::string_view> StringOr(std::string_view key,
                                      std::string_view otherwise) const;

  // Absent: empty.
  StatusOr<std::span<const std::string_view>> Strings(
      std::string_view key) const;
  StatusOr<std::vector<float>> Floats(std::string_view key) const;
  StatusOr<std::vector<int32_t>> Ints(std::string_view key) const;

  // One integer for each of `layers` layers, from a scalar or from an array of
  // that length.  Absent: `otherwise` for all.
  StatusOr<std::vector<uint32_t>> PerLayer(std::string_view key,
                                           uint32_t layers,
                                           uint32_t otherwise) const;

 private:
  std::vector<Entry> entries_;
  std::map<std::string_view, size_t> index_;  // no hashes to collide
};

// "128", "[32000 strings]": for people.  Long strings are cut at `max_bytes`.
std::string ToString(const MetaValue& value, size_t max_bytes = 60);

}  // namespace tenon

#endif  // TENON_METADATA_H_
