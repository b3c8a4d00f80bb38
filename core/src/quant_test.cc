#include "tenon/quant.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <vector>

namespace tenon::quant {
namespace {

template <typename FormatType, DType kTheDType>
struct Typed {
  using Format = FormatType;
  static constexpr DType kDType = kTheDType;
};

template <typename T>
class QuantFormat : public testing::Test {};

using Formats =
    testing::Types<Typed<Q4_0, DType::kQ4_0>, Typed<Q4_1, DType::kQ4_1>,
                   Typed<Q5_0, DType::kQ5_0>, Typed<Q5_1, DType::kQ5_1>,
                   Typed<Q8_0, DType::kQ8_0>, Typed<Q2_K, DType::kQ2_K>,
                   Typed<Q3_K, DType::kQ3_K>, Typed<Q4_K, DType::kQ4_K>,
                   Typed<Q5_K, DType::kQ5_K>, Typed<Q6_K, DType::kQ6_K>,
                   Typed<IQ4_NL, DType::kIQ4_NL>,
                   Typed<IQ4_XS, DType::kIQ4_XS>>;
TYPED_TEST_SUITE(QuantFormat, Formats);

// The largest magnitudes that many random blocks show.
struct Extremes {
  int code = 0, scale = 0, min = 0;

  void Widen(const Group& group) {
    for (const int8_t c : group.code) code = std::max(code, std::abs(c));
    for (const int32_t s : group.scale) scale = std::max(scale, std::abs(s));
    for (const int32_t m : group.min) min = std::max(min, std::abs(m));
  }
};

template <typename Format>
Extremes Survey() {
  std::mt19937 random(5);
  Extremes seen;
  std::vector<std::byte> block(Format::kBytes);
  for (int n = 0; n < 2000; ++n) {
    for (std::byte& b : block) b = static_cast<std::byte>(random());
    for (size_t g = 0; g < Format::kGroups; ++g) {
      Group group;
      Format::Unpack(block.data(), g, group);
      seen.Widen(group);
    }
  }
  return seen;
}

TYPED_TEST(QuantFormat, BoundsAreTightAndProductsExactInFloat) {
  using Format = typename TypeParam::Format;
  const Extremes seen = Survey<Format>();
  EXPECT_EQ(seen.code, Format::kMaxCode);
  EXPECT_EQ(seen.scale, Format::kMaxScale);
  EXPECT_EQ(seen.min > 0, Format::kHasMin);
  constexpr int kActivation = 127;
  EXPECT_LT(seen.code * seen.scale * kActivation * int{kGroup}, 1 << 24);
  EXPECT_LT(seen.min * kActivation * int{kGroup}, 1 << 24);
}

TYPED_TEST(QuantFormat, HasTheSizeOfItsDType) {
  using Format = typename TypeParam::Format;
  const DTypeInfo& info = Info(TypeParam::kDType);
  EXPECT_EQ(Format::kBytes, info.block_bytes);
  EXPECT_EQ(Format::kGroups * kGroup, info.block_elements);
}

}  // namespace
}  // namespace tenon::quant
