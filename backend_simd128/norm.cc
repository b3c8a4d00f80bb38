#include <algorithm>
#include <cmath>

#include "backend_simd128/float_row.h"
#include "backend_simd128/functions.h"
#include "backend_simd128/kernels.h"
#include "backend_simd128/lanes.h"

namespace tenon::simd128 {
namespace {

constexpr size_t kWeightChunk =
    256;  // elements of the weight decoded at a time

// y = (x * factor) * w
void ScaleBy(const WeightRef& w, const float* x, float factor,
             float* y) noexcept {
  const v128_t f = Splat(factor);
  float buffer[kWeightChunk];
  for (size_t begin = 0; begin < w.cols; begin += kWeightChunk) {
    const size_t n = std::min(kWeightChunk, w.cols - begin);
    Zip(x + begin, FloatsAt(w.dtype, w.data, begin, n, buffer), y + begin, n,
        [f](v128_t a, v128_t b) {
          return wasm_f32x4_mul(wasm_f32x4_mul(a, f), b);
        });
  }
}

// The runs [range) of a norm; `z` only where there is a second input.
struct Run {
  const float *x, *z;
  float* y;
};

template <typename F>
void ForEachRun(const KernelArgs& args, const StepContext& ctx, Range range,
                F f) noexcept {
  const size_t width = args.As<NormAttrs>().width;
  const size_t runs = args.out.cols / width;
  for (size_t item = range.begin; item < range.end; ++item) {
    const size_t row = item / runs, begin = item % runs * width;
    f(Run{RowOf<float>(args.in[0], ctx, row) + begin,
          RowOf<float>(args.in[1], ctx, row) + begin,
          RowOf<float>(args.out, ctx, row) + begin});
  }
}

}  // namespace

void NormRun(const WeightRef& w, const NormAttrs& attrs, const float* x,
             float* y) noexcept {
  const float mean =
      DotLanes(x, x, attrs.width) / static_cast<float>(attrs.width);
  ScaleBy(w, x, 1.0f / std::sqrt(mean + attrs.eps), y);
}

uint32_t NormRuns(const KernelArgs& args, const StepContext& ctx) noexcept {
  return RowCount(args.out, ctx) * (args.out.cols / args.As<NormAttrs>().width);
}

void RmsNorm(const KernelArgs& args, const StepContext& ctx, Range range,
             std::byte*) noexcept {
  ForEachRun(args, ctx, range, [&](const Run& run) {
    NormRun(args.weight[0], args.As<NormAttrs>(), run.x, run.y);
  });
}

void GatedRmsNorm(const KernelArgs& args, const StepContext& ctx, Range range,
                  std::byte*) noexcept {
  ForEachRun(args, ctx, range, [&](const Run& run) {
    NormRun(args.weight[0], args.As<NormAttrs>(), run.x, run.y);
    Zip(run.y, run.z, run.y, args.As<NormAttrs>().width,
        [](v128_t y, v128_t z) { return wasm_f32x4_mul(y, Silu(z)); });
  });
}

void L2Norm(const KernelArgs& args, const StepContext& ctx, Range range,
            std::byte*) noexcept {
  ForEachRun(args, ctx, range, [&](const Run& run) {
    const auto& [width, eps] = args.As<NormAttrs>();
    const float length = std::sqrt(DotLanes(run.x, run.x, width));
    ScaleRow(run.x, run.y, 1.0f / std::max(length, eps), width);
  });
}

void Scale(const KernelArgs& args, const StepContext& ctx, Range range,
           std::byte*) noexcept {
  for (size_t r = range.begin; r < range.end; ++r)
    ScaleBy(args.weight[0], RowOf<float>(args.in[0], ctx, r), 1.0f,
            RowOf<float>(args.out, ctx, r));
}

void Offset(const KernelArgs& args, const StepContext& ctx, Range range,
            std::byte*) noexcept {
  const WeightRef& w = args.weight[0];
  float buffer[kWeightChunk];
  for (size_t r = range.begin; r < range.end; ++r) {
    const float* x = RowOf<float>(args.in[0], ctx, r);
    float* y = RowOf<float>(args.out, ctx, r);
    for (size_t begin = 0; begin < w.cols; begin += kWeightChunk) {
      const size_t n = std::min(kWeightChunk, w.cols - begin);
      Zip(FloatsAt(w.dtype, w.data, begin, n, buffer), x + begin, y + begin, n,
          [](v128_t a, v128_t b) { return wasm_f32x4_add(a, b); });
    }
  }
}

}  // namespace tenon::simd128
