#include <cstring>

#include "backend_simd128/halves.h"
#include "backend_simd128/kernels.h"

namespace tenon::simd128 {
namespace {

void EncodeHalves(const float* x, size_t n, uint16_t* y) noexcept {
  constexpr size_t kStep = 2 * kLanes;
  size_t i = 0;
  for (; i + kStep <= n; i += kStep)
    Store(y + i, wasm_u16x8_narrow_i32x4(FloatsToHalves(Load(x + i)),
                                         FloatsToHalves(Load(x + i + kLanes))));
  for (; i < n; ++i) y[i] = FloatToHalf(x[i]);
}

}  // namespace

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
    std::byte* row =
        ctx.states[state.index] + (ctx.position + t) * state.row_bytes;
    const float* x = RowOf<float>(args.in[0], ctx, t);
    if (state.dtype == DType::kF32)
      std::memcpy(row, x, state.cols * sizeof(float));
    else
      EncodeHalves(x, state.cols, reinterpret_cast<uint16_t*>(row));
  }
}

}  // namespace tenon::simd128
