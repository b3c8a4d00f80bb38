// Rows of F32, F16 and BF16 as f32.
#ifndef BACKEND_SIMD128_FLOAT_ROW_H_
#define BACKEND_SIMD128_FLOAT_ROW_H_

#include "backend_simd128/halves.h"
#include "tenon/kernel.h"
#include "tenon/quant.h"

namespace tenon::simd128 {

// DecodeRow() of F16.
inline void DecodeHalves(const std::byte* row, size_t n, float* out) noexcept {
  size_t i = 0;
  for (; i + 2 * kLanes <= n; i += 2 * kLanes) {
    const EightLanes eight = LoadHalves8(row + 2 * i);
    Store(out + i, eight.quad[0]);
    Store(out + i + kLanes, eight.quad[1]);
  }
  for (; i < n; ++i) out[i] = quant::LoadHalf(row + 2 * i);
}

inline void DecodeBfloats(const std::byte* row, size_t n, float* out) noexcept {
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) Store(out + i, LoadBfloats(row + 2 * i));
  if (i < n) DecodeRow(DType::kBF16, row + 2 * i, n - i, out + i);
}

// Elements [begin, begin + n) of a row of floats, in place or in `buffer`.
inline const float* FloatsAt(DType dtype, const std::byte* row, size_t begin,
                             size_t n, float* buffer) noexcept {
  if (dtype == DType::kF32) return reinterpret_cast<const float*>(row) + begin;
  if (dtype == DType::kF16)
    DecodeHalves(row + 2 * begin, n, buffer);
  else
    DecodeBfloats(row + 2 * begin, n, buffer);
  return buffer;
}

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_FLOAT_ROW_H_
