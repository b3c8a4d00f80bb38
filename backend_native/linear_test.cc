// The products of each instruction set that this processor has, at every odd
// size, bit for bit as backend_scalar.
#include <gtest/gtest.h>

#include "backend_native/kernels.h"
#include "backend_simd128/product_test_case.h"
#include "tenon/quant.h"

namespace tenon::native {
namespace {

using simd128::Product;
using simd128::Shape;

struct Kernels {
  DType weight;
  KernelFn avx2, vnni, amx;
  ScratchFn amx_scratch;
};

constexpr Kernels kKernels[] = {
#define TENON_FLOAT_WEIGHT(W, w)
#define TENON_BLOCK_WEIGHT(W, w)                                        \
  {DType::k##W, avx2::LinearInt8<quant::W>, vnni::LinearInt8<quant::W>, \
   amx::LinearInt8<quant::W>, amx::LinearInt8Scratch<quant::W>},
#include "backend_simd128/weights.inc"
#undef TENON_FLOAT_WEIGHT
#undef TENON_BLOCK_WEIGHT
};

// Scalar's product, and that of the packed kernel with other functions.
void ExpectSameBits(DType weight, KernelFn run, ScratchFn scratch,
                    const Shape& shape) {
  KernelEntry entry = *simd128::FindKernel(kBackendSimd128, OpKind::kLinearAdd,
                                           weight, DType::kA8, true);
  entry.run = run;
  entry.scratch = scratch;
  entry.items = simd128::RowGroups;
  const Product product(weight, DType::kA8, shape);
  ASSERT_TRUE(product.Run(entry) == product.Run(kBackendScalar, false))
      << shape.rows << " x " << shape.cols << ", " << shape.tokens << " tokens";
}

void ExpectSameBits(DType weight, KernelFn run, ScratchFn scratch = nullptr) {
  const uint32_t block = Info(weight).block_elements;
  for (const uint32_t rows : {1u, 8u, 9u, 17u, 63u})
    for (const uint32_t cols : {block, 5 * block, 11 * block})
      for (const uint32_t tokens : {1u, 2u, 16u, 17u, 35u})
        ExpectSameBits(weight, run, scratch, {rows, cols, tokens});
}

class LinearInt8 : public testing::TestWithParam<Kernels> {};

TEST_P(LinearInt8, HasTheBitsOfScalarWithAvx2) {
  if (!HasAvx2()) GTEST_SKIP() << "this processor lacks AVX2";
  ExpectSameBits(GetParam().weight, GetParam().avx2);
}

TEST_P(LinearInt8, HasTheBitsOfScalarWithVnni) {
  if (!HasVnni()) GTEST_SKIP() << "this processor lacks AVX-512 VNNI";
  ExpectSameBits(GetParam().weight, GetParam().vnni);
}

TEST_P(LinearInt8, HasTheBitsOfScalarWithAmx) {
  if (!HasAmx()) GTEST_SKIP() << "this processor lacks AMX, or its system";
  ExpectSameBits(GetParam().weight, GetParam().amx, GetParam().amx_scratch);
}

INSTANTIATE_TEST_SUITE_P(Types, LinearInt8, testing::ValuesIn(kKernels),
                         [](const auto& kernels) {
                           return Name(kernels.param.weight);
                         });

}  // namespace
}  // namespace tenon::native
