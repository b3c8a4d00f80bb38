#include <algorithm>
#include <cmath>

#include "backend_scalar/kernels.h"
#include "tenon/math.h"

namespace tenon::scalar {
namespace {

constexpr size_t kWeightChunk =
    256;  // elements of the weight decoded at a time

// y = (x * inverse) * w
void ScaleBy(const WeightRef& w, const float* x, float inverse,
             float* y) noexcept {
  float decoded[kWeightChunk];
  for (size_t begin = 0; begin < w.cols; begin += kWeightChunk) {
    const size_t n = std::min(kWeightChunk, w.cols - begin);
    DecodeRow(w.dtype, w.data + RowBytes(w.dtype, begin), n, decoded);
    for (size_t i = 0; i < n; ++i)
      y[begin + i] = x[begin + i] * inverse * decoded[i];
  }
}

}  // namespace

void NormRun(const WeightRef& w, const NormAttrs& attrs, const float* x,
             float* y) noexcept {
  const float mean = Dot(x, x, attrs.width) / static_cast<float>(attrs.width);
  ScaleBy(w, x, 1.0f / std::sqrt(mean + attrs.eps), y);
}

uint32_t NormRuns(const KernelArgs& args, const StepContext& ctx) noexcept {
  return RowCount(args.out, ctx) * (args.out.cols / args.As<NormAttrs>().width);
}

void RmsNorm(const KernelArgs& args, const StepContext& ctx, Range range,
             std::byte*) noexcept {
  const auto& attrs = args.As<NormAttrs>();
  const size_t runs = args.out.cols / attrs.width;
  for (size_t item = range.begin; item < range.end; ++item) {
    const size_t row = item / runs, begin = item % runs * attrs.width;
    NormRun(args.weight[0], attrs, RowOf<float>(args.in[0], ctx, row) + begin,
            RowOf<float>(args.out, ctx, row) + begin);
  }
}

void L2Norm(const KernelArgs& args, const StepContext& ctx, Range range,
            std::byte*) noexcept {
  const auto& [width, eps] = args.As<NormAttrs>();
  const size_t runs = args.out.cols / width;
  for (size_t item = range.begin; item < range.end; ++item) {
    const size_t row = item / runs, begin = item % runs * width;
    const float* x = RowOf<float>(args.in[0], ctx, row) + begin;
    float* y = RowOf<float>(args.out, ctx, row) + begin;
    const float inverse = 1.0f / std::max(std::sqrt(Dot(x, x, width)), eps);
    for (size_t i = 0; i < width; ++i) y[i] = x[i] * inverse;
  }
}

void GatedRmsNorm(const KernelArgs& args, const StepContext& ctx, Range range,
                  std::byte* scratch) noexcept {
  RmsNorm(args, ctx, range, scratch);
  const uint32_t width = args.As<NormAttrs>().width;
  const size_t runs = args.out.cols / width;
  for (size_t item = range.begin; item < range.end; ++item) {
    const size_t row = item / runs, begin = item % runs * width;
    const float* z = RowOf<float>(args.in[1], ctx, row) + begin;
    float* y = RowOf<float>(args.out, ctx, row) + begin;
    for (size_t i = 0; i < width; ++i) y[i] *= tenon::Silu(z[i]);
  }
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
  for (size_t r = range.begin; r < range.end; ++r) {
    const float* x = RowOf<float>(args.in[0], ctx, r);
    float* y = RowOf<float>(args.out, ctx, r);
    DecodeRow(w.dtype, w.data, w.cols, y);
    for (size_t i = 0; i < w.cols; ++i) y[i] += x[i];
  }
}

}  // namespace tenon::scalar
