// Rows of every odd size, bit for bit as backend_simd128 computes them.
#include "backend_native/rows.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "backend_native/kernels.h"

namespace tenon::native {
namespace {

constexpr size_t kStride = 160;

std::vector<float> Numbers(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> x(n);
  for (float& value : x) value = normal(random);
  return x;
}

template <typename F>
void ForEachShape(F f) {
  for (const size_t n : {0u, 1u, 4u, 7u, 64u})
    for (const size_t width : {4u, 16u, 30u, 64u, 80u, 128u}) f(n, width);
}

template <typename F>
void ExpectSameDots(F dot_rows) {
  const std::vector<float> rows = Numbers(64 * kStride, 1),
                           x = Numbers(kStride, 2);
  ForEachShape([&](size_t n, size_t width) {
    std::vector<float> dots(64), expected(64);
    const Rows all{rows.data(), kStride};
    dot_rows(all, n, x.data(), width, dots.data());
    simd128::DotRows(all, n, x.data(), width, expected.data());
    EXPECT_EQ(dots, expected) << n << " rows of " << width;
  });
}

// Every half that is a number or an infinity.
template <typename F>
void ExpectSameHalves(F decode_halves) {
  std::vector<uint16_t> halves;
  for (uint32_t half = 0; half < 0x10000; ++half)
    if ((half & 0x7fff) <= 0x7c00)
      halves.push_back(static_cast<uint16_t>(half));
  std::vector<float> decoded(halves.size()), expected(halves.size());
  decode_halves(reinterpret_cast<const std::byte*>(halves.data()),
                halves.size(), decoded.data());
  for (size_t i = 0; i < halves.size(); ++i)
    expected[i] = HalfToFloat(halves[i]);
  EXPECT_EQ(decoded, expected);
}

template <typename F>
void ExpectSameDotsOfTwo(F dot_rows) {
  const std::vector<float> rows = Numbers(64 * kStride, 1),
                           x = Numbers(kStride, 2), y = Numbers(kStride, 3);
  ForEachShape([&](size_t n, size_t width) {
    std::vector<float> a(64), b(64), expected_a(64), expected_b(64);
    dot_rows({rows.data(), kStride}, n, x.data(), y.data(), width, a.data(),
             b.data());
    const Rows same{rows.data(), kStride};
    simd128::DotRows(same, n, x.data(), width, expected_a.data());
    simd128::DotRows(same, n, y.data(), width, expected_b.data());
    EXPECT_EQ(a, expected_a) << n << " rows of " << width;
    EXPECT_EQ(b, expected_b) << n << " rows of " << width;
  });
}

template <typename F>
void ExpectSameSums(F add_rows) {
  const std::vector<float> rows = Numbers(64 * kStride, 4),
                           factors = Numbers(64, 5);
  ForEachShape([&](size_t n, size_t width) {
    std::vector<float> sum = Numbers(kStride, 6), expected = sum;
    const Rows all{rows.data(), kStride};
    add_rows(all, n, factors.data(), width, sum.data());
    simd128::AddRows(all, n, factors.data(), width, expected.data());
    EXPECT_EQ(sum, expected) << n << " rows of " << width;
  });
}

TEST(Rows, HaveTheBitsOfSimd128WithAvx2) {
  if (!HasAvx2()) GTEST_SKIP() << "this processor lacks AVX2";
  ExpectSameHalves(avx2::DecodeHalves);
  ExpectSameDots(avx2::DotRows);
  ExpectSameDotsOfTwo(avx2::DotRowsOfTwo);
  ExpectSameSums(avx2::AddRows);
}

TEST(Rows, HaveTheBitsOfSimd128WithAvx512) {
  if (!HasVnni()) GTEST_SKIP() << "this processor lacks AVX-512";
  ExpectSameHalves(avx512::DecodeHalves);
  ExpectSameDots(avx512::DotRows);
  ExpectSameDotsOfTwo(avx512::DotRowsOfTwo);
  ExpectSameSums(avx512::AddRows);
}

}  // namespace
}  // namespace tenon::native
