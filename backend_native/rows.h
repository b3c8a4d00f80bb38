// Several rows of f32 against others, for each instruction set that this
// backend knows: the bits of backend_simd128/rows.h.
#ifndef BACKEND_NATIVE_ROWS_H_
#define BACKEND_NATIVE_ROWS_H_

#include "backend_simd128/row_math.h"

namespace tenon::native {

using simd128::Rows;

namespace avx2 {
void DecodeHalves(const std::byte* row, size_t n, float* out) noexcept;
void DotRows(const Rows& rows, size_t n, const float* x, size_t width,
             float* out) noexcept;
void DotRowsOfTwo(const Rows& rows, size_t n, const float* x, const float* y,
                  size_t width, float* with_x, float* with_y) noexcept;
void AddRows(const Rows& rows, size_t n, const float* factors, size_t width,
             float* out) noexcept;
}  // namespace avx2

namespace avx512 {
void DecodeHalves(const std::byte* row, size_t n, float* out) noexcept;
void DotRows(const Rows& rows, size_t n, const float* x, size_t width,
             float* out) noexcept;
void DotRowsOfTwo(const Rows& rows, size_t n, const float* x, const float* y,
                  size_t width, float* with_x, float* with_y) noexcept;
void AddRows(const Rows& rows, size_t n, const float* factors, size_t width,
             float* out) noexcept;
}  // namespace avx512

}  // namespace tenon::native

#endif  // BACKEND_NATIVE_ROWS_H_
