#include "backend_scalar/linear.h"

#include <algorithm>

#include "backend_scalar/kernels.h"
#include "tenon/math.h"

namespace tenon::scalar {
namespace {

// Weights decoded at a time: whole blocks of every type, whole runs of lanes.
constexpr size_t kChunk = 256;
static_assert(kChunk % kSumLanes == 0);

// sums[t] = the lanes of Dot(row n of the weight, row t of the input).
void SumRow(const KernelArgs& args, const StepContext& ctx, size_t n,
            LaneSum* sums, size_t tokens) noexcept {
  const WeightRef& weight = args.weight[0];
  const std::byte* row = weight.data + n * weight.row_bytes;
  std::fill_n(sums, tokens, LaneSum{});
  float decoded[kChunk];
  for (size_t begin = 0; begin < weight.cols; begin += kChunk) {
    const size_t count = std::min(kChunk, weight.cols - begin);
    DecodeRow(weight.dtype, row + RowBytes(weight.dtype, begin), count,
              decoded);
    for (size_t t = 0; t < tokens; ++t)
      AddProducts(sums[t], decoded, RowOf<float>(args.in[0], ctx, t) + begin,
                  count);
  }
}

}  // namespace

float DecodedDot(const WeightRef& weight, size_t n, const float* x) noexcept {
  const std::byte* row = weight.data + n * weight.row_bytes;
  LaneSum sum;
  float decoded[kChunk];
  for (size_t begin = 0; begin < weight.cols; begin += kChunk) {
    const size_t count = std::min(kChunk, weight.cols - begin);
    DecodeRow(weight.dtype, row + RowBytes(weight.dtype, begin), count,
              decoded);
    AddProducts(sum, decoded, x + begin, count);
  }
  return sum.Fold();
}

uint32_t WeightRows(const KernelArgs& args, const StepContext& ctx) noexcept {
  return RowCount(args.out, ctx) == 0 ? 0 : args.weight[0].rows;
}

uint64_t LinearF32Scratch(const KernelArgs&,
                          const ScratchQuery& query) noexcept {
  return uint64_t{query.max_tokens} * sizeof(LaneSum);
}

void LinearF32(const KernelArgs& args, const StepContext& ctx, Range range,
               std::byte* scratch) noexcept {
  LaneSum* sums = reinterpret_cast<LaneSum*>(scratch);
  const size_t tokens = RowCount(args.out, ctx);
  for (size_t n = range.begin; n < range.end; ++n) {
    SumRow(args, ctx, n, sums, tokens);
    const OutputColumn column(args, ctx, n);
    for (size_t t = 0; t < tokens; ++t) column.Store(t, sums[t].Fold());
  }
}

}  // namespace tenon::scalar
