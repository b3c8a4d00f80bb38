#include "backend_scalar/linear_int8.h"

#include "backend_scalar/kernels.h"
#include "backend_scalar/linear.h"

namespace tenon::scalar {

uint64_t LinearInt8Scratch(const KernelArgs& args,
                           const ScratchQuery&) noexcept {
  return uint64_t{args.weight[0].cols / quant::kGroup} * sizeof(ScaledGroup);
}

template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept {
  static_assert(Format::kMaxScale * Format::kMaxCode * 127 *
                    int64_t{quant::kGroup * Format::kGroups} <
                INT32_MAX);
  const WeightRef& weight = args.weight[0];
  const size_t groups = weight.cols / quant::kGroup;
  const size_t tokens = RowCount(args.out, ctx);
  ScaledGroup* row = reinterpret_cast<ScaledGroup*>(scratch);
  for (size_t n = range.begin; n < range.end; ++n) {
    UnpackRow<Format>(weight.data + n * weight.row_bytes, groups, row);
    const OutputColumn column(args, ctx, n);
    for (size_t t = 0; t < tokens; ++t) {
      const A8Block* x = RowOf<A8Block>(args.in[0], ctx, t);
      column.Store(t, DotRow<Format>(row, x, groups));
    }
  }
}

#define TENON_FLOAT_WEIGHT(W, w)
#define TENON_BLOCK_WEIGHT(W, w) template Kernel LinearInt8<quant::W>;
#include "backend_scalar/weights.inc"
#undef TENON_FLOAT_WEIGHT
#undef TENON_BLOCK_WEIGHT

}  // namespace tenon::scalar
