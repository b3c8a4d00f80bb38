#include <gtest/gtest.h>

#include <vector>

#include "backend_simd128/packed.h"
#include "backend_simd128/test_case.h"

namespace tenon::simd128 {
namespace {

const PackedLayout& LayoutOf(DType dtype) {
  return *FindKernel(kBackendSimd128, OpKind::kLinear, dtype, DType::kA8, true)
              ->layout;
}

// Bytes that no rounding can produce are files' bytes, too: scales of any
// value, all codes.  Only a scale that is no number may come back as another
// one.
std::vector<std::byte> AnyRows(DType dtype, size_t rows, size_t cols,
                               Rng& rng) {
  std::vector<std::byte> bytes(rows * RowBytes(dtype, cols));
  for (std::byte& b : bytes) b = static_cast<std::byte>(rng.Below(256) & 0xbf);
  return bytes;
}

// Nineteen rows: two whole groups and three rows of another; from each group
// on.
TEST(Unpack, GivesBackTheFilesBytes) {
  Rng rng(5);
  for (const DType dtype : kBlockTypes) {
    const PackedLayout& layout = LayoutOf(dtype);
    const size_t rows = 19, cols = 512, row_bytes = RowBytes(dtype, cols);
    const std::vector<std::byte> source = AnyRows(dtype, rows, cols, rng);
    PackedWeight packed(layout, dtype, rows, cols, source);
    const size_t group = layout.group_bytes(dtype, cols);
    EXPECT_EQ(AlignUp(3 * group), layout.bytes(dtype, rows, cols));
    for (const size_t first : {0u, 8u, 16u}) {
      std::vector<std::byte> out((rows - first) * row_bytes, std::byte{0xee});
      layout.unpack(dtype, cols, rows - first,
                    packed.data() + first / 8 * group, out.data());
      EXPECT_TRUE(
          std::ranges::equal(out, std::span(source).subspan(first * row_bytes)))
          << Name(dtype) << " from row " << first;
    }
  }
}

// Every bit of a block comes back from where it was.
TEST(Unpack, KeepsEveryBit) {
  for (const DType dtype : kBlockTypes) {
    const PackedLayout& layout = LayoutOf(dtype);
    const size_t cols = Info(dtype).block_elements,
                 bytes = RowBytes(dtype, cols);
    for (size_t bit = 0; bit < 8 * bytes; ++bit) {
      std::vector<std::byte> source(bytes), out(bytes);
      source[bit / 8] = static_cast<std::byte>(1u << bit % 8);
      PackedWeight packed(layout, dtype, 1, cols, source);
      layout.unpack(dtype, cols, 1, packed.data(), out.data());
      ASSERT_EQ(out, source) << Name(dtype) << " bit " << bit;
    }
  }
}

}  // namespace
}  // namespace tenon::simd128
