#include "support/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tenon::testing_support {
namespace {

TEST(Rng, IsSplitMix64) {
  Rng rng(1234567);  // values published with the generator
  EXPECT_EQ(rng.Next(), 6457827717110365317u);
  EXPECT_EQ(rng.Next(), 3203168211198807973u);
}

TEST(RandomElements, HasTheSizeThatWasAskedFor) {
  for (DType dtype : {DType::kF32, DType::kF16, DType::kBF16, DType::kQ4_0,
                      DType::kQ4_1, DType::kQ5_0, DType::kQ5_1, DType::kQ8_0,
                      DType::kQ2_K, DType::kQ3_K, DType::kQ4_K, DType::kQ5_K,
                      DType::kQ6_K, DType::kIQ4_NL, DType::kIQ4_XS}) {
    Rng rng(7);
    double squares = 0;
    for (double x : Decode(dtype, RandomElements(dtype, 25600, 0.5, rng)))
      squares += x * x;
    EXPECT_NEAR(std::sqrt(squares / 25600), 0.5, 0.2) << Name(dtype);
  }
}

}  // namespace
}  // namespace tenon::testing_support
