// The products of each instruction set that this processor has, at every odd
// size, bit for bit as backend_scalar.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "backend_native/kernels.h"
#include "backend_native/token_tiles.h"
#include "backend_simd128/product_test_case.h"
#include "tenon/quant.h"

namespace tenon {

extern const Plugin kBackendNative;

namespace native {
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

struct Call {
  uint32_t tokens;
  size_t in, residual, out;
  bool operator==(const Call&) const = default;
};
std::vector<Call> calls;

void NoteCall(const KernelArgs& args, const StepContext& ctx, Range,
              std::byte*) noexcept {
  calls.push_back({RowCount(args.out, ctx), args.in[0].offset,
                   args.in[1].offset, args.out.offset});
}

std::vector<Call> CallsInTiles(uint32_t tokens, uint32_t tile_bytes) {
  KernelArgs args;
  args.in[0] = {.offset = 1000, .row_bytes = 10};
  args.in[1] = {.offset = 2000, .row_bytes = 20};
  args.out = {.offset = 3000, .row_bytes = 20};
  calls.clear();
  RunInTiles<NoteCall>(
      args, {.tokens = tokens, .outputs = 1, .tile_bytes = tile_bytes}, {},
      nullptr);
  return calls;
}

TEST(RunInTiles, CallsForEachTile) {
  using testing::ElementsAre;
  EXPECT_THAT(CallsInTiles(100, kNoTileLimit),
              ElementsAre(Call{100, 1000, 2000, 3000}));
  EXPECT_THAT(
      CallsInTiles(100, 470),
      ElementsAre(Call{32, 1000, 2000, 3000}, Call{32, 1320, 2640, 3640},
                  Call{32, 1640, 3280, 4280}, Call{4, 1960, 3920, 4920}));
  EXPECT_THAT(CallsInTiles(17, 0), ElementsAre(Call{16, 1000, 2000, 3000},
                                               Call{1, 1160, 2320, 3320}));
}

TEST(RunInTiles, HasTheBitsOfScalar) {
  if (!kKernels[0].usable()) GTEST_SKIP() << "this processor lacks all";
  const Shape shape{63, 512, 133, /*tile_bytes=*/40 * 16 * 50};
  const Product product(DType::kQ4_K, DType::kA8, shape);
  EXPECT_TRUE(product.Run(kBackendNative, true) ==
              product.Run(kBackendScalar, false));
}

}  // namespace
}  // namespace native
}  // namespace tenon
