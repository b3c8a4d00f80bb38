#include "backend_simd128/dot.h"

#include <gtest/gtest.h>

#include <random>

#include "backend_simd128/probe.h"

namespace tenon::simd128 {
namespace {

// Vectors of codes and activations, as numbers.
struct Operands {
  int8_t code[128], q[128];
};

template <typename F>
Operands Make(F f) {
  Operands x;
  for (int i = 0; i < 128; ++i) {
    const auto [code, q] = f(i);
    x.code[i] = static_cast<int8_t>(code);
    x.q[i] = static_cast<int8_t>(q);
  }
  return x;
}

using DotFn = v128_t (*)(const v128_t*, const v128_t*);

void ExpectSums(const Operands& x, size_t vectors, DotFn dot) {
  v128_t code[8], q[8];
  for (size_t i = 0; i < 8; ++i) {
    code[i] = Load(x.code + 16 * i);
    q[i] = Load(x.q + 16 * i);
  }
  int32_t sums[kLanes];
  Store(sums, dot(code, q));
  for (size_t lane = 0; lane < kLanes; ++lane) {
    int32_t expected = 0;
    for (size_t i = 0; i < 16 * vectors; ++i)
      if (i / 4 % kLanes == lane) expected += x.code[i] * x.q[i];
    EXPECT_EQ(sums[lane], expected) << "lane " << lane;
  }
}

template <int kMaxCode>
void ExpectUnsigned() {
  std::mt19937 random(kMaxCode);
  const auto draw = [&](int low, int high) {
    return low + static_cast<int>(random() % static_cast<uint32_t>(high - low));
  };
  const Operands cases[] = {
      Make([](int) { return std::pair(kMaxCode, 127); }),
      Make([](int) { return std::pair(kMaxCode, -127); }),
      Make([](int i) { return std::pair(kMaxCode, i % 2 ? 127 : -127); }),
      Make([&](int) {
        return std::pair(draw(0, kMaxCode + 1), draw(-127, 128));
      }),
  };
  for (const Operands& x : cases) {
    ExpectSums(x, 8, Dot<kMaxCode, 8>);
    ExpectSums(x, 4, Dot<kMaxCode, 4>);
  }
}

// The largest codes and activations saturate nothing.
TEST(Dot, IsExactForUnsignedCodes) {
  ExpectUnsigned<3>();
  ExpectUnsigned<7>();
  ExpectUnsigned<15>();
  ExpectUnsigned<31>();
  ExpectUnsigned<63>();
}

TEST(Dot, IsExactForSignedCodes) {
  const Operands cases[] = {
      Make([](int) { return std::pair(-128, 127); }),
      Make([](int) { return std::pair(-128, -127); }),
      Make([](int i) { return std::pair(i % 2 ? -128 : 127, 127); }),
      Make([](int i) { return std::pair(i * 37 % 256 - 128, i * 91 % 127); }),
      Make([](int i) { return std::pair(0, i - 64); }),
  };
  for (const Operands& x : cases) {
    ExpectSums(x, 8, Dot<kSigned, 8>);
    ExpectSums(x, 4, Dot<kSigned, 4>);
  }
}

#if defined(TENON_RELAXED_SIMD)
class AddQuads : public testing::TestWithParam<int> {};

TEST_P(AddQuads, IsExact) {
  const int bits = GetParam();
  if (!HasQuads(bits)) GTEST_SKIP() << "this engine has no such product";
  const int largest = (1 << bits) - 1;
  for (int seed = 0; seed < 20; ++seed) {
    uint8_t code[16];
    int8_t q[16];
    int32_t sums[kLanes], expected[kLanes];
    for (size_t i = 0; i < 16; ++i) {
      const int less = 37 * seed * static_cast<int>(i);
      code[i] = static_cast<uint8_t>((largest - less) & largest);
      q[i] = static_cast<int8_t>(seed == 0 ? -127 : 91 * seed + 29 * i);
    }
    for (size_t lane = 0; lane < kLanes; ++lane) {
      expected[lane] = 1000;
      for (size_t i = 4 * lane; i < 4 * lane + 4; ++i)
        expected[lane] += code[i] * q[i];
    }
    Store(sums, simd128::AddQuads(wasm_i32x4_splat(1000), Load(code), Load(q)));
    for (size_t lane = 0; lane < kLanes; ++lane)
      EXPECT_EQ(sums[lane], expected[lane]) << "seed " << seed;
  }
}
INSTANTIATE_TEST_SUITE_P(Bits, AddQuads, testing::Values(7, 8));
#endif

TEST(Activations, HaveFourColumnsInEveryLane) {
  int8_t q[32];
  for (int i = 0; i < 32; ++i) q[i] = static_cast<int8_t>(i - 16);
  const Activations a(q);
  for (size_t j = 0; j < 8; ++j) {
    int8_t bytes[16];
    Store(bytes, a(j));
    for (size_t i = 0; i < 16; ++i) EXPECT_EQ(bytes[i], q[4 * j + i % 4]);
  }
}

TEST(Unusable, AcceptsThisMachine) { EXPECT_STREQ(Unusable(), nullptr); }

}  // namespace
}  // namespace tenon::simd128
