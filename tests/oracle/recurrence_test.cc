// Expected values were computed with numpy in another program.
#include "oracle/recurrence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenon::oracle {
namespace {

using testing::DoubleNear;
using testing::Pointwise;

TEST(CausalConv, WeighsTheInputsOfEachChannel) {
  const Matrix taps{2, 3, {1, 10, 100, -1, 0, 1}};
  const std::vector<Vector> inputs = {{1, 4}, {2, 5}, {3, 6}};
  EXPECT_EQ(CausalConv(taps, inputs), (Vector{321, 2}));
}

// Two steps of 4 value heads and 2 key heads; the second has twice the values.
Vector SecondAnswer(bool grouped) {
  const DeltaShape shape{2, 4, 2, grouped};
  DeltaInput in{.q = {1, 2, -1, 0.5},
                .k = {0.6, 0.8, 1, 0},
                .v = {1, 2, 3, 4, 5, 6, 7, 8},
                .log_decay = {-0.1, -0.2, -0.3, -0.4},
                .beta = {0.5, 0.25, 1, 0.75}};
  std::vector<Vector> memory(8, Vector(2));
  DeltaRule(shape, in, memory);
  for (double& v : in.v) v *= 2;
  return DeltaRule(shape, in, memory);
}

TEST(DeltaRule, ReadsKeyHeadsInTurn) {
  EXPECT_THAT(SecondAnswer(/*grouped=*/false),
              Pointwise(DoubleNear(1e-12),
                        Vector{1.9075340894009092, 3.8150681788018184,
                               -1.3863083347302394, -1.8484111129736522,
                               15.556349186104045, 18.667619023324853,
                               -8.046730255737414, -9.196263149414188}));
}

TEST(DeltaRule, ReadsKeyHeadsInGroups) {
  EXPECT_THAT(SecondAnswer(/*grouped=*/true),
              Pointwise(DoubleNear(1e-12),
                        Vector{1.9075340894009092, 3.8150681788018184,
                               3.0498783364065263, 4.066504448542035,
                               -7.071067811865475, -8.48528137423857,
                               -8.046730255737414, -9.196263149414188}));
}

}  // namespace
}  // namespace tenon::oracle
