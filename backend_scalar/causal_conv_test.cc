#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend_scalar/kernel_case.h"

namespace tenon::scalar {
namespace {

using testing::ElementsAre;

// Two channels, three taps; the ring keeps two inputs per channel.
constexpr float kTaps[] = {100, 10, 1, 0, 0, 2};

std::vector<float> Conv(uint32_t position, std::vector<float> x,
                        std::vector<float>& ring) {
  const auto tokens = static_cast<uint32_t>(x.size() / 2);
  KernelCase conv(OpKind::kCausalConv,
                  {.tokens = tokens, .outputs = 1, .position = position});
  conv.Input(2, x).Weight(2, 3, kTaps);
  conv.State(DType::kF32, 2, std::as_writable_bytes(std::span(ring)));
  return conv.Run(2);
}

TEST(CausalConv, SeesThisAndTheLastInputsOfItsChannel) {
  std::vector<float> ring(4);
  // Channel 0: 1 2 3 4; channel 1: 5 6 7 8.
  EXPECT_THAT(Conv(0, {1, 5, 2, 6, 3, 7, 4, 8}, ring),
              ElementsAre(1, 10, 12, 12, 123, 14, 234, 16));
}

TEST(CausalConv, AnyPartitionGivesTheSame) {
  std::vector<float> whole_ring(4), ring(4), out;
  const std::vector<float> x = {1, 5, 2, 6, 3, 7, 4, 8, 9, 9};
  const auto whole = Conv(0, x, whole_ring);
  for (uint32_t first : {1u, 2u, 3u, 4u}) {
    ring.assign(4, 0.0f);
    const auto cut = x.begin() + 2 * first;
    out = Conv(0, {x.begin(), cut}, ring);
    const auto rest = Conv(first, {cut, x.end()}, ring);
    out.insert(out.end(), rest.begin(), rest.end());
    EXPECT_EQ(out, whole) << first;
    EXPECT_EQ(ring, whole_ring) << first;
  }
}

// What a SiLU behind it does must not come back: the ring holds inputs.
TEST(CausalConv, TheRingHoldsInputsNotOutputs) {
  std::vector<float> ring(4);
  Conv(0, {1, 5, 2, 6, 3, 7}, ring);
  EXPECT_THAT(ring, ElementsAre(3, 7, 2, 6));  // positions 2 and 1
}

}  // namespace
}  // namespace tenon::scalar
