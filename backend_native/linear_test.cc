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

// The products of a type of weights with an instruction set.
struct Kernels {
  const char* set;
  bool (*usable)() noexcept;
  DType weight;
  KernelFn run;
  ScratchFn scratch;
};

constexpr Kernels kKernels[] = {
#define TENON_FLOAT_WEIGHT(W, w)
#if defined(__aarch64__)
#define TENON_BLOCK_WEIGHT(W, w)                                      \
  {"DotProd", HasDotProd, DType::k##W, dotprod::LinearInt8<quant::W>, \
   nullptr},                                                          \
      {"I8mm", HasI8mm, DType::k##W, i8mm::LinearInt8<quant::W>, nullptr},
#else
#define TENON_BLOCK_WEIGHT(W, w)                                           \
  {"Avx2", HasAvx2, DType::k##W, avx2::LinearInt8<quant::W>, nullptr},     \
      {"AvxVnni", HasAvxVnni, DType::k##W, avxvnni::LinearInt8<quant::W>,  \
       nullptr},                                                           \
      {"Vnni", HasVnni, DType::k##W, vnni::LinearInt8<quant::W>, nullptr}, \
      {"Amx", HasAmx, DType::k##W, amx::LinearInt8<quant::W>,              \
       amx::LinearInt8Scratch<quant::W>},
#endif
#include "backend_simd128/weights.inc"
#undef TENON_FLOAT_WEIGHT
#undef TENON_BLOCK_WEIGHT
};

// Scalar's product, and that of the packed kernel with other functions.
void ExpectSameBits(const Kernels& kernels, const Shape& shape) {
  const DType weight = kernels.weight;
  KernelEntry entry = *simd128::FindKernel(kBackendSimd128, OpKind::kLinearAdd,
                                           weight, DType::kA8, true);
  entry.run = kernels.run;
  entry.scratch = kernels.scratch;
  entry.items = simd128::RowGroups;
  const Product product(weight, DType::kA8, shape);
  ASSERT_TRUE(product.Run(entry) == product.Run(kBackendScalar, false))
      << shape.rows << " x " << shape.cols << ", " << shape.tokens << " tokens";
}

class LinearInt8 : public testing::TestWithParam<Kernels> {};

TEST_P(LinearInt8, HasTheBitsOfScalar) {
  if (!GetParam().usable()) GTEST_SKIP() << "this processor lacks it";
  const uint32_t block = Info(GetParam().weight).block_elements;
  for (const uint32_t rows : {1u, 8u, 9u, 17u, 63u})
    for (const uint32_t cols : {block, 5 * block, 11 * block})
      for (const uint32_t tokens : {1u, 2u, 16u, 17u, 35u})
        ExpectSameBits(GetParam(), {rows, cols, tokens});
}

INSTANTIATE_TEST_SUITE_P(InstructionSets, LinearInt8,
                         testing::ValuesIn(kKernels), [](const auto& kernels) {
                           return kernels.param.set +
                                  std::string(Name(kernels.param.weight));
                         });

}  // namespace
}  // namespace tenon::native
