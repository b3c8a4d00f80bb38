// Matrices of blocks with A8 activations.  One token: the weights are read
// once, as fast as memory gives them.  Several tokens: the codes of four rows
// stay in registers while all tokens pass by.
#include <algorithm>

#include "backend_simd128/group_product.h"
#include "backend_simd128/kernels.h"
#include "backend_simd128/linear.h"

namespace tenon::simd128 {
namespace {

// Tokens that share one decoding of the weights: their activations stay in the
// first cache.
constexpr size_t kTokens = 16;

// Asks for what is read some time after `bytes` at `p`: a single token waits
// for memory otherwise.
constexpr size_t kAhead = 4096;
TENON_INLINE void TouchLines(const std::byte* p, size_t bytes) noexcept {
  constexpr size_t kLine = 64;
  for (size_t at = 0; at < bytes; at += kLine) Touch(p + at);
}

// sums = the products of a row group with the blocks of one token.  `ahead`:
// how far behind the row group memory may be touched, at most kAhead.
template <typename Format>
void MultiplyOne(const std::byte* block, size_t blocks, size_t ahead,
                 const A8Block* x, Rows8& sums) noexcept {
  using B = PackedBlock<Format>;
  v128_t sum0 = Zero(), sum1 = Zero();
  for (size_t b = 0; b < blocks; ++b, block += B::kBytes) {
    const BlockScales<Format> scales(block);
    for (size_t g = 0; g < B::kGroups; ++g, ++x) {
      const std::byte* tile = B::TileHalf(block, g, 0);
      TouchLines(tile + ahead, B::kTileBytes);
      const GroupScales<Format> w(block, g);
      const Token token(*x);
      const StoredCodes<Format> upper{tile}, lower{tile + B::Way::kBytes};
      sum0 = AddGroup(sum0, scales, w, 0, upper, token);
      sum1 = AddGroup(sum1, scales, w, 1, lower, token);
    }
  }
  sums = {{sum0, sum1}};
}

// The same of several tokens, whose rows of blocks lie `stride` apart.
template <typename Format>
void MultiplyMany(const std::byte* block, size_t blocks, const A8Block* x,
                  size_t stride, size_t tokens, Rows8* sums) noexcept {
  using B = PackedBlock<Format>;
  std::fill_n(sums, tokens, Rows8{{Zero(), Zero()}});
  for (size_t b = 0; b < blocks; ++b, block += B::kBytes) {
    const BlockScales<Format> scales(block);
    for (size_t g = 0; g < B::kGroups; ++g, ++x) {
      const GroupScales<Format> w(block, g);
      for (size_t quad = 0; quad < 2; ++quad) {
        const DecodedCodes<Format> codes(B::TileHalf(block, g, quad));
        v128_t* sum = &sums->quad[quad];
        const A8Block* token = x;
        for (size_t t = 0; t < tokens; ++t, sum += 2, token += stride)
          *sum = AddGroup(*sum, scales, w, quad, codes, Token(*token));
      }
    }
  }
}

}  // namespace

uint32_t RowGroups(const KernelArgs& args, const StepContext& ctx) noexcept {
  if (RowCount(args.out, ctx) == 0) return 0;
  return static_cast<uint32_t>(RowGroupsOf(args.weight[0].rows));
}

template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte*) noexcept {
  using B = PackedBlock<Format>;
  const WeightRef& weight = args.weight[0];
  const size_t blocks = B::BlocksOf(weight.cols);
  const size_t tokens = RowCount(args.out, ctx);
  const size_t stride = args.in[0].row_bytes / sizeof(A8Block);
  const size_t group_bytes = blocks * B::kBytes;
  const std::byte* end = weight.data + RowGroupsOf(weight.rows) * group_bytes;
  for (size_t group = range.begin; group < range.end; ++group) {
    const std::byte* rows = weight.data + group * group_bytes;
    const size_t ahead = std::min<size_t>(kAhead, end - rows - group_bytes);
    const OutputColumns<kGroupRows> columns(args, ctx, group * kGroupRows);
    for (size_t first = 0; first < tokens; first += kTokens) {
      const size_t count = std::min(kTokens, tokens - first);
      const A8Block* x = RowOf<A8Block>(args.in[0], ctx, first);
      Rows8 sums[kTokens];
      if (count == 1)
        MultiplyOne<Format>(rows, blocks, ahead, x, sums[0]);
      else
        MultiplyMany<Format>(rows, blocks, x, stride, count, sums);
      for (size_t t = 0; t < count; ++t) {
        float values[kGroupRows];
        simd128::Store(values, sums[t].quad[0]);
        simd128::Store(values + kLanes, sums[t].quad[1]);
        columns.Store(first + t, values);
      }
    }
  }
}

#define TENON_FLOAT_WEIGHT(W, w)
#define TENON_BLOCK_WEIGHT(W, w) template Kernel LinearInt8<quant::W>;
#include "backend_simd128/weights.inc"
#undef TENON_FLOAT_WEIGHT
#undef TENON_BLOCK_WEIGHT

}  // namespace tenon::simd128
