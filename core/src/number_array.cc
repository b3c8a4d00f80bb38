#include "src/number_array.h"

#include <cstring>

#include "absl/strings/str_cat.h"

namespace tenon {
namespace {

using Element = NumberArray::Element;

template <typename T>
T Load(const std::byte* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

const std::byte* At(const NumberArray& array, size_t i) {
  return array.bytes.data() + i * array.element_bytes;
}

uint64_t UnsignedAt(const NumberArray& array, size_t i) {
  switch (array.element_bytes) {
    case 1:
      return Load<uint8_t>(At(array, i));
    case 2:
      return Load<uint16_t>(At(array, i));
    case 4:
      return Load<uint32_t>(At(array, i));
    default:
      return Load<uint64_t>(At(array, i));
  }
}

int64_t SignedAt(const NumberArray& array, size_t i) {
  switch (array.element_bytes) {
    case 1:
      return Load<int8_t>(At(array, i));
    case 2:
      return Load<int16_t>(At(array, i));
    case 4:
      return Load<int32_t>(At(array, i));
    default:
      return Load<int64_t>(At(array, i));
  }
}

Integer FromSigned(int64_t value) {
  return {value < 0, static_cast<uint64_t>(value)};
}

}  // namespace

std::string ToString(Integer value) {
  if (!value.negative) return absl::StrCat(value.bits);
  return absl::StrCat(static_cast<int64_t>(value.bits));
}

std::optional<Integer> AsInteger(const MetaValue& value) {
  if (const auto* u = std::get_if<uint64_t>(&value)) return Integer{false, *u};
  if (const auto* i = std::get_if<int64_t>(&value)) return FromSigned(*i);
  return std::nullopt;
}

bool HoldsIntegers(const NumberArray& array) {
  return array.element == Element::kUint || array.element == Element::kInt;
}

Integer IntegerAt(const NumberArray& array, size_t i) {
  if (array.element == Element::kUint) return {false, UnsignedAt(array, i)};
  return FromSigned(SignedAt(array, i));
}

float FloatAt(const NumberArray& array, size_t i) {
  if (array.element_bytes == 4) return Load<float>(At(array, i));
  return static_cast<float>(Load<double>(At(array, i)));
}

const char* Plural(Element element) {
  switch (element) {
    case Element::kUint:
    case Element::kInt:
      return "integers";
    case Element::kFloat:
      return "floats";
    case Element::kBool:
      return "booleans";
  }
  return "numbers";
}

}  // namespace tenon
