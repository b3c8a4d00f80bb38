#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend_scalar/kernel_case.h"

namespace tenon::scalar {
namespace {

using testing::ElementsAre;
using testing::FloatNear;

KernelCase TwoRows(OpKind op) {
  KernelCase node(op, {.tokens = 2, .outputs = 1});
  node.Input(2, {1, 2, -3, 4}).Input(2, {10, -20, 30, 0.5f});
  return node;
}

TEST(Elementwise, Add) {
  EXPECT_THAT(TwoRows(OpKind::kAdd).Run(2), ElementsAre(11, -18, 27, 4.5f));
}

TEST(Elementwise, Mul) {
  EXPECT_THAT(TwoRows(OpKind::kMul).Run(2), ElementsAre(10, -40, -90, 2));
}

// Silu(1) = 1 / (1 + 1/e), Silu(-3) = -3 / (1 + e^3), to ten digits.
TEST(Elementwise, Silu) {
  KernelCase silu(OpKind::kSilu, {.tokens = 2, .outputs = 1});
  silu.Input(2, {1, 0, -3, 200});
  EXPECT_THAT(silu.Run(2), ElementsAre(FloatNear(0.7310585786f, 1e-7f), 0,
                                       FloatNear(-0.1422776195f, 3e-8f), 200));
}

TEST(Elementwise, SwiGluGatesTheSecondInput) {
  EXPECT_THAT(TwoRows(OpKind::kSwiGlu).Run(2),
              ElementsAre(FloatNear(7.310585786f, 1e-6f),
                          FloatNear(-35.23188312f, 5e-6f),
                          FloatNear(-4.268328585f, 1e-6f),
                          FloatNear(1.964027580f, 3e-7f)));
}

TEST(Elementwise, TakesTheRowsOfTheOutput) {
  KernelCase add(OpKind::kAdd, {.tokens = 5, .outputs = 1});
  add.Input(1, {1}, Rows::kOutputs).Input(1, {2}, Rows::kOutputs);
  EXPECT_THAT(add.Run(1, Rows::kOutputs), ElementsAre(3));
  EXPECT_EQ(add.items(), 1u);
}

TEST(Mul, OneColumnMultipliesTheWholeRow) {
  KernelCase mul(OpKind::kMul, {.tokens = 2, .outputs = 1});
  mul.Input(2, {1, 2, 3, 4}).Input(1, {10, -1});
  EXPECT_THAT(mul.Run(2), testing::ElementsAre(10, 20, -3, -4));
}

// log(1 + e^x): 0.6931472 at 0, 1.3132617 at 1; no overflow far out.
TEST(Softplus, IsExactWhereItMattersAndSafeElsewhere) {
  KernelCase softplus(OpKind::kSoftplus, {.tokens = 1, .outputs = 1});
  softplus.Input(5, {0, 1, -100, 30, 1000});
  EXPECT_THAT(softplus.Run(5), testing::Pointwise(testing::FloatNear(1e-6f),
                                                  {0.6931472f, 1.3132617f, 0.0f,
                                                   30.0f, 1000.0f}));
}

TEST(Sigmoid, KnownValues) {
  KernelCase sigmoid(OpKind::kSigmoid, {.tokens = 1, .outputs = 1});
  sigmoid.Input(4, {0, 1, -200, 200});
  EXPECT_THAT(sigmoid.Run(4),
              testing::Pointwise(testing::FloatNear(1e-6f),
                                 {0.5f, 0.7310586f, 0.0f, 1.0f}));
}

}  // namespace
}  // namespace tenon::scalar
