#include <cmath>

#include "backend_scalar/kernels.h"

namespace tenon::scalar {
namespace {

constexpr size_t kBlock = std::size(A8Block{}.q);

float MaxMagnitude(const float* x, size_t width) noexcept {
  float max = 0;
  for (size_t i = 0; i < width; ++i)
    max = std::abs(x[i]) > max ? std::abs(x[i]) : max;
  return max;
}

// Any x, NaN included, gives a number in [-127, 127].
int8_t Round(float x, float inverse) noexcept {
  float y = x * inverse + std::copysign(0.5f, x);
  y = y > -127.0f ? y : -127.0f;
  y = y < 127.0f ? y : 127.0f;
  return static_cast<int8_t>(y);
}

A8Block QuantizeBlock(const float* x, float scale, float inverse) noexcept {
  A8Block block{.scale = scale, .sum = {}, .q = {}};
  for (size_t i = 0; i < kBlock; ++i) {
    block.q[i] = Round(x[i], inverse);
    block.sum[i / (kBlock / 2)] += block.q[i];
  }
  return block;
}

// `width` elements that share a scale.  The definition stands beside A8Block.
void QuantizeBlocks(const float* x, size_t width, A8Block* y) noexcept {
  const float max = MaxMagnitude(x, width);
  const float inverse = max >= 0x1p-100f ? 127.0f / max : 0.0f;
  for (size_t i = 0; i < width; i += kBlock)
    y[i / kBlock] = QuantizeBlock(x + i, max / 127.0f, inverse);
}

void QuantizeRow(const float* x, size_t cols, size_t width,
                 A8Block* y) noexcept {
  for (size_t k = 0; k < cols; k += width)
    QuantizeBlocks(x + k, width, y + k / kBlock);
}

}  // namespace

const char* QuantizeRefuses(const KernelArgs& args) noexcept {
  return args.As<QuantizeAttrs>().Refuses(args.out.cols);
}

void Quantize(const KernelArgs& args, const StepContext& ctx, Range range,
              std::byte*) noexcept {
  const size_t width = args.As<QuantizeAttrs>().width;
  for (size_t r = range.begin; r < range.end; ++r)
    QuantizeRow(RowOf<float>(args.in[0], ctx, r), args.out.cols, width,
                RowOf<A8Block>(args.out, ctx, r));
}

const char* NormQuantizeRefuses(const KernelArgs& args) noexcept {
  return args.As<NormQuantizeAttrs>().Refuses(args.out.cols);
}

uint64_t NormQuantizeScratch(const KernelArgs& args,
                             const ScratchQuery&) noexcept {
  return uint64_t{args.out.cols} * sizeof(float);
}

void NormQuantize(const KernelArgs& args, const StepContext& ctx, Range range,
                  std::byte* scratch) noexcept {
  const auto& [norm, rounding] = args.As<NormQuantizeAttrs>();
  auto* normed = reinterpret_cast<float*>(scratch);
  for (size_t r = range.begin; r < range.end; ++r) {
    NormRun(args.weight[0], norm, RowOf<float>(args.in[0], ctx, r), normed);
    QuantizeRow(normed, args.out.cols, rounding.width,
                RowOf<A8Block>(args.out, ctx, r));
  }
}

}  // namespace tenon::scalar
