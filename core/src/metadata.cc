#include "tenon/metadata.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/number_array.h"

namespace tenon {
namespace {

using Element = NumberArray::Element;

// "a string", "an array of floats"
std::string KindOf(const MetaValue& value) {
  struct Namer {
    std::string operator()(uint64_t) const { return "an integer"; }
    std::string operator()(int64_t) const { return "an integer"; }
    std::string operator()(double) const { return "a float"; }
    std::string operator()(bool) const { return "a boolean"; }
    std::string operator()(std::string_view) const { return "a string"; }
    std::string operator()(const NumberArray& array) const {
      return absl::StrCat("an array of ", Plural(array.element));
    }
    std::string operator()(const std::vector<std::string_view>&) const {
      return "an array of strings";
    }
  };
  return std::visit(Namer(), value);
}

Status Missing(std::string_view key) {
  return absl::NotFoundError(
      absl::StrCat("'", key, "': the file has no such key"));
}

Status WrongKind(std::string_view key, const MetaValue& value,
                 std::string_view wanted) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", key, "': is ", KindOf(value), ", not ", wanted));
}

Status OutOfRange(std::string_view key, Integer value,
                  std::string_view wanted) {
  return absl::InvalidArgumentError(
      absl::StrCat("'", key, "': ", ToString(value), " does not fit ", wanted));
}

StatusOr<uint32_t> ToU32(std::string_view key, Integer value) {
  if (value.Fits<uint32_t>()) return static_cast<uint32_t>(value.bits);
  return OutOfRange(key, value, "an unsigned 32-bit integer");
}

StatusOr<int32_t> ToI32(std::string_view key, Integer value) {
  if (value.Fits<int32_t>()) return static_cast<int32_t>(value.bits);
  return OutOfRange(key, value, "a signed 32-bit integer");
}

// The value of `key` as a T, which is one of the kinds of a MetaValue.
template <typename T>
StatusOr<T> Get(const Metadata& metadata, std::string_view key,
                std::string_view kind) {
  const MetaValue* value = metadata.Find(key);
  if (value == nullptr) return Missing(key);
  if (const T* found = std::get_if<T>(value)) return *found;
  return WrongKind(key, *value, kind);
}

template <typename T>
StatusOr<T> Or(StatusOr<T> value, T otherwise) {
  if (absl::IsNotFound(value.status())) return otherwise;
  return value;
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '\n') {
      escaped += "\\n";
    } else if (code < 0x20 || code == 0x7f) {
      absl::StrAppend(&escaped, "\\x", absl::Hex(code, absl::kZeroPad2));
    } else {
      escaped += c;
    }
  }
  return escaped;
}

// At most `max_bytes` bytes of `text`, never a part of a UTF-8 sequence.
std::string_view Cut(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  while (max_bytes > 0 && (text[max_bytes] & 0xc0) == 0x80) --max_bytes;
  return text.substr(0, max_bytes);
}

std::string CountOf(size_t count, std::string_view plural) {
  if (count == 1) plural.remove_suffix(1);
  return absl::StrCat("[", count, " ", plural, "]");
}

}  // namespace

Status Metadata::Add(std::string_view key, MetaValue value) {
  if (!index_.emplace(key, entries_.size()).second) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", key, "': the key is there twice"));
  }
  entries_.push_back({key, std::move(value)});
  return absl::OkStatus();
}

const MetaValue* Metadata::Find(std::string_view key) const {
  const auto found = index_.find(key);
  return found == index_.end() ? nullptr : &entries_[found->second].value;
}

StatusOr<uint32_t> Metadata::U32(std::string_view key) const {
  const MetaValue* value = Find(key);
  if (value == nullptr) return Missing(key);
  const std::optional<Integer> integer = AsInteger(*value);
  if (!integer) return WrongKind(key, *value, "an integer");
  return ToU32(key, *integer);
}

StatusOr<uint32_t> Metadata::U32Or(std::string_view key,
                                   uint32_t otherwise) const {
  return Or(U32(key), otherwise);
}

StatusOr<double> Metadata::F64(std::string_view key) const {
  return Get<double>(*this, key, "a float");
}

StatusOr<double> Metadata::F64Or(std::string_view key, double otherwise) const {
  return Or(F64(key), otherwise);
}

StatusOr<bool> Metadata::BoolOr(std::string_view key, bool otherwise) const {
  return Or(Get<bool>(*this, key, "a boolean"), otherwise);
}

StatusOr<std::string_view> Metadata::String(std::string_view key) const {
  return Get<std::string_view>(*this, key, "a string");
}

StatusOr<std::string_view> Metadata::StringOr(
    std::string_view key, std::string_view otherwise) const {
  return Or(String(key), otherwise);
}

StatusOr<std::span<const std::string_view>> Metadata::Strings(
    std::string_view key) const {
  using Strings = std::vector<std::string_view>;
  const MetaValue* value = Find(key);
  if (value == nullptr) return std::span<const std::string_view>();
  if (const auto* strings = std::get_if<Strings>(value)) {
    return std::span<const std::string_view>(*strings);
  }
  return WrongKind(key, *value, "an array of strings");
}

StatusOr<std::vector<float>> Metadata::Floats(std::string_view key) const {
  const MetaValue* value = Find(key);
  if (value == nullptr) return std::vector<float>();
  const auto* array = std::get_if<NumberArray>(value);
  if (array == nullptr || array->element != Element::kFloat) {
    return WrongKind(key, *value, "an array of floats");
  }
  std::vector<float> floats(array->size());
  for (size_t i = 0; i < floats.size(); ++i) floats[i] = FloatAt(*array, i);
  return floats;
}

StatusOr<std::vector<int32_t>> Metadata::Ints(std::string_view key) const {
  const MetaValue* value = Find(key);
  if (value == nullptr) return std::vector<int32_t>();
  const auto* array = std::get_if<NumberArray>(value);
  if (array == nullptr || !HoldsIntegers(*array)) {
    return WrongKind(key, *value, "an array of integers");
  }
  std::vector<int32_t> ints(array->size());
  for (size_t i = 0; i < ints.size(); ++i) {
    TENON_ASSIGN_OR_RETURN(ints[i], ToI32(key, IntegerAt(*array, i)));
  }
  return ints;
}

StatusOr<std::vector<uint32_t>> Metadata::PerLayer(std::string_view key,
                                                   uint32_t layers,
                                                   uint32_t otherwise) const {
  const MetaValue* value = Find(key);
  const auto* array =
      value == nullptr ? nullptr : std::get_if<NumberArray>(value);
  if (array == nullptr) {
    TENON_ASSIGN_OR_RETURN(const uint32_t all, U32Or(key, otherwise));
    return std::vector<uint32_t>(layers, all);
  }
  if (!HoldsIntegers(*array)) {
    return WrongKind(key, *value, "an integer or an array of integers");
  }
  if (array->size() != layers) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", key, "': has ", array->size(), " elements for ",
                     layers, " layers"));
  }
  std::vector<uint32_t> per_layer(layers);
  for (uint32_t i = 0; i < layers; ++i) {
    TENON_ASSIGN_OR_RETURN(per_layer[i], ToU32(key, IntegerAt(*array, i)));
  }
  return per_layer;
}

std::string ToString(const MetaValue& value, size_t max_bytes) {
  struct Printer {
    size_t max_bytes;
    std::string operator()(uint64_t u) const { return absl::StrCat(u); }
    std::string operator()(int64_t i) const { return absl::StrCat(i); }
    std::string operator()(double d) const { return absl::StrCat(d); }
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(std::string_view text) const {
      const std::string_view cut = Cut(text, max_bytes);
      return absl::StrCat(Escaped(cut), cut.size() < text.size() ? "..." : "");
    }
    std::string operator()(const NumberArray& array) const {
      return CountOf(array.size(), Plural(array.element));
    }
    std::string operator()(const std::vector<std::string_view>& texts) const {
      return CountOf(texts.size(), "strings");
    }
  };
  return std::visit(Printer{max_bytes}, value);
}

}  // namespace tenon
