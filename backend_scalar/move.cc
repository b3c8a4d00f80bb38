// Kernels that copy or convert rows and compute nothing.
#include <algorithm>
#include <cstring>

#include "backend_scalar/kernels.h"

namespace tenon::scalar {

uint32_t OutputRows(const KernelArgs& args, const StepContext& ctx) noexcept {
  return RowCount(args.out, ctx);
}

void Embed(const KernelArgs& args, const StepContext& ctx, Range range,
           std::byte*) noexcept {
  const WeightRef& table = args.weight[0];
  for (size_t t = range.begin; t < range.end; ++t) {
    const auto token = static_cast<size_t>(ctx.token_ids[t]);
    DecodeRow(table.dtype, table.data + token * table.row_bytes, table.cols,
              RowOf<float>(args.out, ctx, t));
  }
}

void TakeOutputs(const KernelArgs& args, const StepContext& ctx, Range range,
                 std::byte*) noexcept {
  const size_t first = ctx.tokens - ctx.outputs;
  for (size_t r = range.begin; r < range.end; ++r)
    std::copy_n(RowOf<float>(args.in[0], ctx, first + r), args.out.cols,
                RowOf<float>(args.out, ctx, r));
}

void Slice(const KernelArgs& args, const StepContext& ctx, Range range,
           std::byte*) noexcept {
  const auto& [begin, width, period] = args.As<SliceAttrs>();
  for (size_t r = range.begin; r < range.end; ++r) {
    const float* x = RowOf<float>(args.in[0], ctx, r) + begin;
    float* y = RowOf<float>(args.out, ctx, r);
    for (size_t i = 0; i < args.out.cols; i += width, x += period)
      std::copy_n(x, width, y + i);
  }
}

void Concat(const KernelArgs& args, const StepContext& ctx, Range range,
            std::byte*) noexcept {
  for (size_t r = range.begin; r < range.end; ++r) {
    float* y = RowOf<float>(args.out, ctx, r);
    for (const Operand& part : args.in)
      if (part.cols != 0)
        y = std::copy_n(RowOf<float>(part, ctx, r), part.cols, y);
  }
}

uint32_t AppendRows(const KernelArgs& args, const StepContext& ctx) noexcept {
  return RowCount(args.in[0], ctx);
}

const char* AppendRefuses(const KernelArgs& args) noexcept {
  const DType dtype = args.state[0].dtype;
  if (dtype == DType::kF32 || dtype == DType::kF16) return nullptr;
  return "the state is neither F32 nor F16";
}

void Append(const KernelArgs& args, const StepContext& ctx, Range range,
            std::byte*) noexcept {
  const StateRef& state = args.state[0];
  for (size_t t = range.begin; t < range.end; ++t) {
    const float* x = RowOf<float>(args.in[0], ctx, t);
    std::byte* row =
        ctx.states[state.index] + (ctx.position + t) * state.row_bytes;
    if (state.dtype == DType::kF32)
      std::memcpy(row, x, state.cols * sizeof(float));
    else
      std::transform(x, x + state.cols, reinterpret_cast<uint16_t*>(row),
                     FloatToHalf);
  }
}

}  // namespace tenon::scalar
