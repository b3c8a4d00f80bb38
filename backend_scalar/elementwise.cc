#include "backend_scalar/kernels.h"
#include "tenon/math.h"

namespace tenon::scalar {
namespace {

template <typename F>
void MapRows(const KernelArgs& args, const StepContext& ctx, Range range,
             F f) noexcept {
  for (size_t r = range.begin; r < range.end; ++r) {
    const float* x = RowOf<float>(args.in[0], ctx, r);
    float* y = RowOf<float>(args.out, ctx, r);
    for (size_t i = 0; i < args.out.cols; ++i) y[i] = f(x[i]);
  }
}

template <typename F>
void ZipRows(const KernelArgs& args, const StepContext& ctx, Range range,
             F f) noexcept {
  for (size_t r = range.begin; r < range.end; ++r) {
    const float* a = RowOf<float>(args.in[0], ctx, r);
    const float* b = RowOf<float>(args.in[1], ctx, r);
    float* y = RowOf<float>(args.out, ctx, r);
    for (size_t i = 0; i < args.out.cols; ++i) y[i] = f(a[i], b[i]);
  }
}

// One factor for each row.
void MulByColumn(const KernelArgs& args, const StepContext& ctx,
                 Range range) noexcept {
  for (size_t r = range.begin; r < range.end; ++r) {
    const float* x = RowOf<float>(args.in[0], ctx, r);
    const float factor = *RowOf<float>(args.in[1], ctx, r);
    float* y = RowOf<float>(args.out, ctx, r);
    for (size_t i = 0; i < args.out.cols; ++i) y[i] = x[i] * factor;
  }
}

}  // namespace

void Add(const KernelArgs& args, const StepContext& ctx, Range range,
         std::byte*) noexcept {
  ZipRows(args, ctx, range, [](float a, float b) { return a + b; });
}

void Mul(const KernelArgs& args, const StepContext& ctx, Range range,
         std::byte*) noexcept {
  if (args.in[1].cols == args.out.cols)
    ZipRows(args, ctx, range, [](float a, float b) { return a * b; });
  else
    MulByColumn(args, ctx, range);
}

void Silu(const KernelArgs& args, const StepContext& ctx, Range range,
          std::byte*) noexcept {
  MapRows(args, ctx, range, [](float x) { return tenon::Silu(x); });
}

void Sigmoid(const KernelArgs& args, const StepContext& ctx, Range range,
             std::byte*) noexcept {
  MapRows(args, ctx, range, [](float x) { return tenon::Sigmoid(x); });
}

void Softplus(const KernelArgs& args, const StepContext& ctx, Range range,
              std::byte*) noexcept {
  MapRows(args, ctx, range, [](float x) { return tenon::Softplus(x); });
}

void SwiGlu(const KernelArgs& args, const StepContext& ctx, Range range,
            std::byte*) noexcept {
  ZipRows(args, ctx, range,
          [](float gate, float up) { return tenon::Silu(gate) * up; });
}

}  // namespace tenon::scalar
