// Matrices of F32, F16 and BF16 with f32 activations, in the file's own layout:
// each result is Dot() of math.h of a row and a token.
#include <algorithm>

#include "backend_simd128/float_row.h"
#include "backend_simd128/kernels.h"
#include "backend_simd128/lanes.h"
#include "backend_simd128/linear.h"

namespace tenon::simd128 {
namespace {

constexpr size_t kChunk = 256;  // columns decoded at a time
static_assert(kChunk % kSumLanes == 0);

// sums[t] += the products of `n` columns with each of two tokens
void AddTwo(Lanes16* sums, const float* w, const float* x0, const float* x1,
            size_t n) noexcept {
  Lanes16 sum0 = sums[0], sum1 = sums[1];
  size_t i = 0;
  for (; i + kSumLanes <= n; i += kSumLanes) {
    AddSixteen(sum0, w + i, x0 + i);
    AddSixteen(sum1, w + i, x1 + i);
  }
  AddProducts(sum0, w + i, x0 + i, n - i);
  AddProducts(sum1, w + i, x1 + i, n - i);
  sums[0] = sum0;
  sums[1] = sum1;
}

// sums[t] = the lanes of Dot(row n of the weight, token t)
void SumRow(const KernelArgs& args, const StepContext& ctx, size_t n,
            Lanes16* sums, size_t tokens) noexcept {
  const WeightRef& weight = args.weight[0];
  const std::byte* row = weight.data + n * weight.row_bytes;
  std::fill_n(sums, tokens, Lanes16{});
  float buffer[kChunk];
  for (size_t begin = 0; begin < weight.cols; begin += kChunk) {
    const size_t count = std::min(kChunk, weight.cols - begin);
    const float* w = FloatsAt(weight.dtype, row, begin, count, buffer);
    const auto x = [&](size_t t) {
      return RowOf<float>(args.in[0], ctx, t) + begin;
    };
    size_t t = 0;
    for (; t + 2 <= tokens; t += 2) AddTwo(sums + t, w, x(t), x(t + 1), count);
    if (t < tokens) AddProducts(sums[t], w, x(t), count);
  }
}

}  // namespace

uint32_t WeightRows(const KernelArgs& args, const StepContext& ctx) noexcept {
  return RowCount(args.out, ctx) == 0 ? 0 : args.weight[0].rows;
}

uint64_t LinearF32Scratch(const KernelArgs&,
                          const ScratchQuery& query) noexcept {
  return uint64_t{query.max_tokens} * sizeof(Lanes16);
}

void LinearF32(const KernelArgs& args, const StepContext& ctx, Range range,
               std::byte* scratch) noexcept {
  Lanes16* sums = reinterpret_cast<Lanes16*>(scratch);
  const size_t tokens = RowCount(args.out, ctx);
  for (size_t n = range.begin; n < range.end; ++n) {
    SumRow(args, ctx, n, sums, tokens);
    const OutputColumns<1> column(args, ctx, n);
    for (size_t t = 0; t < tokens; ++t) {
      const float sum = Fold(sums[t]);
      column.Store(t, &sum);
    }
  }
}

}  // namespace tenon::simd128
