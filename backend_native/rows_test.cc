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
  ExpectSameDots(avx2::DotRowsOfTwo);
  ExpectSameSums(avx2::AddRows);
}

TEST(Rows, HaveTheBitsOfSimd128WithAvx512) {
  if (!HasVnni()) GTEST_SKIP() << "this processor lacks AVX-512";
  ExpectSameDots(avx512::DotRowsOfTwo);
  ExpectSameSums(avx512::AddRows);
}

}  // namespace
}  // namespace tenon::native
