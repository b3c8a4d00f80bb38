// Linear and LinearAdd at every odd size, bit for bit as backend_scalar.  The
// conformance suite covers the other kernels.
#include <gtest/gtest.h>

#include <memory>

#include "backend_simd128/product_test_case.h"
#include "backend_simd128/simd.h"

namespace tenon::simd128 {
namespace {

void ExpectSameBits(DType weight, DType activation, bool packed,
                    const Shape& shape) {
  const Product product(weight, activation, shape);
  ASSERT_TRUE(product.Run(kBackendSimd128, packed) ==
              product.Run(kBackendScalar, false))
      << Name(weight) << " " << shape.rows << " x " << shape.cols << ", "
      << shape.tokens << " tokens";
}

void ExpectSameBits(DType weight, DType activation, bool packed,
                    std::span<const uint32_t> lengths) {
  for (const uint32_t rows : {1u, 7u, 8u, 9u, 17u, 33u, 63u, 177u})
    for (const uint32_t cols : lengths)
      for (const uint32_t tokens : {1u, 2u, 3u, 5u, 8u, 9u, 17u})
        ExpectSameBits(weight, activation, packed, {rows, cols, tokens});
}

class LinearInt8 : public testing::TestWithParam<DType> {};

TEST_P(LinearInt8, HasTheBitsOfScalar) {
  const uint32_t block = Info(GetParam()).block_elements;
  const uint32_t lengths[] = {block, 2 * block, 5 * block};
  ExpectSameBits(GetParam(), DType::kA8, /*packed=*/true, lengths);
}

// More tokens than go together, for several row groups.
TEST_P(LinearInt8, HasTheBitsOfScalarForManyTokens) {
  const uint32_t block = Info(GetParam()).block_elements;
  for (const uint32_t tokens : {37u, 64u, 65u, 133u})
    ExpectSameBits(GetParam(), DType::kA8, true, {63, block, tokens});
}

// A row of activations has at least 40 bytes: the least tile, and larger ones.
TEST_P(LinearInt8, HasTheBitsOfScalarInTiles) {
  const uint32_t block = Info(GetParam()).block_elements;
  for (const uint32_t tile_bytes : {0u, 40u * 13, 40u * 8 * 13, 40u * 8 * 50})
    ExpectSameBits(GetParam(), DType::kA8, true, {63, block, 133, tile_bytes});
}

// 133 tokens as 3 times 64, 12 times 12, and 34 times 4; four row groups of 63
// rows go together.
TEST_P(LinearInt8, HasItemsForEachTile) {
  const KernelEntry* entry = FindKernel(kBackendSimd128, OpKind::kLinear,
                                        GetParam(), DType::kA8, true);
  ASSERT_NE(entry, nullptr);
  KernelArgs args;
  args.weight[0].rows = 63;
  args.in[0].row_bytes = 400;
  const auto items = [&](uint32_t tile_bytes) {
    return entry->items(args, {.tokens = 133, .tile_bytes = tile_bytes});
  };
  EXPECT_EQ(items(kNoTileLimit), 2u * 3);
  EXPECT_EQ(items(400 * 13), 2u * 12);
  EXPECT_EQ(items(0), 2u * 34);
}

// With as many columns as a file may claim, also where size_t has 32 bits.
TEST_P(LinearInt8, CountsScratchBytesIn64Bits) {
  const KernelEntry* entry = FindKernel(kBackendSimd128, OpKind::kLinear,
                                        GetParam(), DType::kA8, true);
  ASSERT_NE(entry, nullptr);
  KernelArgs args;
  args.weight[0].cols = 1u << 31;
  // Of 64 tokens, each group of 32 columns takes 32 bytes, its sums four, and
  // the scale of its block at most four more.
  const uint64_t groups = uint64_t{args.weight[0].cols} / 32 * 64;
  EXPECT_GT(entry->scratch(args, {64, 64}), groups * 36);
  EXPECT_LE(entry->scratch(args, {64, 64}), groups * 40);
}

INSTANTIATE_TEST_SUITE_P(Types, LinearInt8, testing::ValuesIn(kBlockTypes),
                         [](const auto& type) { return Name(type.param); });

class LinearFloat : public testing::TestWithParam<DType> {};

TEST_P(LinearFloat, HasTheBitsOfScalar) {
  const uint32_t lengths[] = {1, 15, 32, 260, 515};
  ExpectSameBits(GetParam(), DType::kF32, /*packed=*/false, lengths);
}

INSTANTIATE_TEST_SUITE_P(Types, LinearFloat,
                         testing::Values(DType::kF32, DType::kF16,
                                         DType::kBF16),
                         [](const auto& type) { return Name(type.param); });

// For the address sanitizer: the page that comes is no part of the weights.
TEST(TouchNextPage, ReadsNothingPastTheEnd) {
  constexpr size_t kPage = 4096, kStep = 144;
  struct alignas(kPage) Page {
    std::byte bytes[kPage];
  };
  const auto weights = std::make_unique<Page>();
  const std::byte* const end = weights->bytes + kPage;
  for (const std::byte* at = weights->bytes; at < end; at += kStep)
    TouchNextPage<kStep>(at, end);
}

}  // namespace
}  // namespace tenon::simd128
