// Integers and floats of any stored width.
#ifndef TENON_SRC_NUMBER_ARRAY_H_
#define TENON_SRC_NUMBER_ARRAY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "tenon/metadata.h"

namespace tenon {

// An integer of either sign, exactly.
struct Integer {
  bool negative;
  uint64_t bits;  // two's complement if negative

  template <typename T>
  bool Fits() const {
    if (!negative) return std::in_range<T>(bits);
    return std::in_range<T>(static_cast<int64_t>(bits));
  }
};

std::string ToString(Integer value);

// Nothing if the value is no integer.
std::optional<Integer> AsInteger(const MetaValue& value);

bool HoldsIntegers(const NumberArray& array);
Integer IntegerAt(const NumberArray& array, size_t i);  // REQUIRES: integers
float FloatAt(const NumberArray& array, size_t i);      // REQUIRES: floats

// "floats"
const char* Plural(NumberArray::Element element);

}  // namespace tenon

#endif  // TENON_SRC_NUMBER_ARRAY_H_
