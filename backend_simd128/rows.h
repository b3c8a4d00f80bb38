// Several rows of f32 against one: what attention and the delta rule are made
// of.
#ifndef BACKEND_SIMD128_ROWS_H_
#define BACKEND_SIMD128_ROWS_H_

#include "backend_simd128/functions.h"
#include "backend_simd128/lanes.h"

namespace tenon::simd128 {

struct Rows {
  const float* first;
  size_t stride;  // floats from row to row

  const float* Row(size_t i) const noexcept { return first + i * stride; }
  Rows From(size_t i) const noexcept { return {Row(i), stride}; }
};

// out[i] = Dot(row i, x), for n rows
inline void DotRows(const Rows& rows, size_t n, const float* x, size_t width,
                    float* out) noexcept {
  const auto dot = [&](size_t i) { return DotToFour(rows.Row(i), x, width); };
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    Store(out + i, FoldEach(dot(i), dot(i + 1), dot(i + 2), dot(i + 3)));
  for (; i < n; ++i) out[i] = FoldFour(dot(i));
}

// The Dot() of a row with two others, before the last fold.  width: a multiple
// of sixteen.
struct TwoDots {
  v128_t with_x, with_y;
};
inline TwoDots DotOfTwo(const float* row, const float* x, const float* y,
                        size_t width) noexcept {
  Lanes16 with_x, with_y;
  const float* end = row + width;
  for (; row != end; row += kSumLanes, x += kSumLanes, y += kSumLanes)
    for (size_t j = 0; j < 4; ++j) {
      const v128_t w = Load(row + kLanes * j);
      with_x.v[j] = MulAdd(w, Load(x + kLanes * j), with_x.v[j]);
      with_y.v[j] = MulAdd(w, Load(y + kLanes * j), with_y.v[j]);
    }
  return {FoldToFour(with_x), FoldToFour(with_y)};
}

// DotRows() of two at once: every row is loaded once for both.
inline void DotRowsOfTwo(const Rows& rows, size_t n, const float* x,
                         const float* y, size_t width, float* with_x,
                         float* with_y) noexcept {
  size_t i = 0;
  if (width % kSumLanes == 0)
    for (; i + kLanes <= n; i += kLanes) {
      TwoDots d[kLanes];
      for (size_t k = 0; k < kLanes; ++k)
        d[k] = DotOfTwo(rows.Row(i + k), x, y, width);
      Store(with_x + i,
            FoldEach(d[0].with_x, d[1].with_x, d[2].with_x, d[3].with_x));
      Store(with_y + i,
            FoldEach(d[0].with_y, d[1].with_y, d[2].with_y, d[3].with_y));
    }
  const Rows rest = rows.From(i);
  DotRows(rest, n - i, x, width, with_x + i);
  DotRows(rest, n - i, y, width, with_y + i);
}

// AddRows() of kVectors vectors from column c on.
template <size_t kVectors>
void AddColumns(const Rows& rows, size_t n, const float* factors, size_t c,
                float* out) noexcept {
  v128_t sum[kVectors];
  for (size_t k = 0; k < kVectors; ++k) sum[k] = Load(out + c + kLanes * k);
  for (size_t i = 0; i < n; ++i) {
    const v128_t factor = Splat(factors[i]);
    const float* row = rows.Row(i) + c;
    for (size_t k = 0; k < kVectors; ++k)
      sum[k] = MulAdd(factor, Load(row + kLanes * k), sum[k]);
  }
  for (size_t k = 0; k < kVectors; ++k) Store(out + c + kLanes * k, sum[k]);
}

// out += factors[i] * row i, one row after the other
inline void AddRows(const Rows& rows, size_t n, const float* factors,
                    size_t width, float* out) noexcept {
  constexpr size_t kWide = 8;
  size_t c = 0;
  for (; c + kWide * kLanes <= width; c += kWide * kLanes)
    AddColumns<kWide>(rows, n, factors, c, out);
  for (; c + kLanes <= width; c += kLanes)
    AddColumns<1>(rows, n, factors, c, out);
  for (; c < width; ++c)
    for (size_t i = 0; i < n; ++i) out[c] += factors[i] * rows.Row(i)[c];
}

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_ROWS_H_
