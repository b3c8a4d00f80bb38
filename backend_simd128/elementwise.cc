#include "backend_simd128/functions.h"
#include "backend_simd128/kernels.h"
#include "backend_simd128/lanes.h"

namespace tenon::simd128 {
namespace {

template <typename F>
void MapRows(const KernelArgs& args, const StepContext& ctx, Range range,
             F f) noexcept {
  for (size_t r = range.begin; r < range.end; ++r)
    Map(RowOf<float>(args.in[0], ctx, r), RowOf<float>(args.out, ctx, r),
        args.out.cols, f);
}

template <typename F>
void ZipRows(const KernelArgs& args, const StepContext& ctx, Range range,
             F f) noexcept {
  for (size_t r = range.begin; r < range.end; ++r)
    Zip(RowOf<float>(args.in[0], ctx, r), RowOf<float>(args.in[1], ctx, r),
        RowOf<float>(args.out, ctx, r), args.out.cols, f);
}

}  // namespace

void Add(const KernelArgs& args, const StepContext& ctx, Range range,
         std::byte*) noexcept {
  ZipRows(args, ctx, range,
          [](v128_t a, v128_t b) { return wasm_f32x4_add(a, b); });
}

void Mul(const KernelArgs& args, const StepContext& ctx, Range range,
         std::byte*) noexcept {
  if (args.in[1].cols == args.out.cols) {
    ZipRows(args, ctx, range,
            [](v128_t a, v128_t b) { return wasm_f32x4_mul(a, b); });
    return;
  }
  for (size_t r = range.begin; r < range.end; ++r)
    ScaleRow(RowOf<float>(args.in[0], ctx, r), RowOf<float>(args.out, ctx, r),
             *RowOf<float>(args.in[1], ctx, r), args.out.cols);
}

void Silu(const KernelArgs& args, const StepContext& ctx, Range range,
          std::byte*) noexcept {
  MapRows(args, ctx, range, [](v128_t x) { return Silu(x); });
}

void Sigmoid(const KernelArgs& args, const StepContext& ctx, Range range,
             std::byte*) noexcept {
  MapRows(args, ctx, range, [](v128_t x) { return Sigmoid(x); });
}

void Softplus(const KernelArgs& args, const StepContext& ctx, Range range,
              std::byte*) noexcept {
  MapRows(args, ctx, range, [](v128_t x) { return Softplus(x); });
}

void SwiGlu(const KernelArgs& args, const StepContext& ctx, Range range,
            std::byte*) noexcept {
  ZipRows(args, ctx, range, [](v128_t gate, v128_t up) {
    return wasm_f32x4_mul(Silu(gate), up);
  });
}

}  // namespace tenon::simd128
