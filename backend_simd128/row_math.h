// The arithmetic on rows that delta_chunk.h and attention_block.h take, in 128
// bits.
#ifndef BACKEND_SIMD128_ROW_MATH_H_
#define BACKEND_SIMD128_ROW_MATH_H_

#include "backend_simd128/float_row.h"
#include "backend_simd128/rows.h"

namespace tenon::simd128 {

struct RowMath {
  static constexpr auto* DecodeHalves = simd128::DecodeHalves;
  static constexpr auto* DotRows = simd128::DotRows;
  static constexpr auto* DotRowsOfTwo = simd128::DotRowsOfTwo;
  static constexpr auto* AddRows = simd128::AddRows;
};

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_ROW_MATH_H_
