// Rotary position embedding (Su et al. 2021) and its scalings.
#include <algorithm>
#include <cmath>

#include "backend_scalar/kernels.h"

namespace tenon::scalar {
namespace {

// The divisor of pair i's angle.
double FactorOf(const WeightRef& factors, size_t i) noexcept {
  if (factors.data == nullptr) return 1.0;
  float factor;
  DecodeRow(factors.dtype, factors.data + RowBytes(factors.dtype, i), 1,
            &factor);
  return factor;
}

// Linear scaling stretches every pair alike, YaRN only the slow ones.
double Stretch(const RopeAnglesAttrs& attrs, size_t i) noexcept {
  if (!attrs.yarn) return attrs.scale;
  const double width = std::max(0.001, attrs.yarn_high - attrs.yarn_low);
  const double slow =
      std::clamp((static_cast<double>(i) - attrs.yarn_low) / width, 0.0, 1.0);
  return (1.0 - slow) + attrs.scale * slow;
}

void Rotate(const RopeAttrs& attrs, const float* x, const float* cosines,
            float* y) noexcept {
  const size_t pairs = attrs.n_rot / 2;
  const float* sines = cosines + pairs;
  const bool adjacent = attrs.pairing == RopePairing::kAdjacent;
  for (size_t i = 0; i < pairs; ++i) {
    const size_t a = adjacent ? 2 * i : i;
    const size_t b = adjacent ? 2 * i + 1 : i + pairs;
    const float xa = x[a], xb = x[b];
    y[a] = xa * cosines[i] - xb * sines[i];
    y[b] = xa * sines[i] + xb * cosines[i];
  }
  std::copy(x + attrs.n_rot, x + attrs.head_dim, y + attrs.n_rot);
}

}  // namespace

void RopeAngles(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte*) noexcept {
  const auto& attrs = args.As<RopeAnglesAttrs>();
  const size_t pairs = attrs.n_rot / 2;
  for (size_t i = 0; i < pairs; ++i) {
    const double exponent = -2.0 * static_cast<double>(i) / attrs.n_rot;
    const double per_position = std::pow(attrs.base, exponent) /
                                FactorOf(args.weight[0], i) * Stretch(attrs, i);
    for (size_t t = range.begin; t < range.end; ++t) {
      float* row = RowOf<float>(args.out, ctx, t);
      const double angle = static_cast<double>(ctx.position + t) * per_position;
      row[i] = static_cast<float>(std::cos(angle) * attrs.magnitude);
      row[pairs + i] = static_cast<float>(std::sin(angle) * attrs.magnitude);
    }
  }
}

uint32_t RopeHeads(const KernelArgs& args, const StepContext& ctx) noexcept {
  return RowCount(args.out, ctx) *
         (args.out.cols / args.As<RopeAttrs>().head_dim);
}

void Rope(const KernelArgs& args, const StepContext& ctx, Range range,
          std::byte*) noexcept {
  const auto& attrs = args.As<RopeAttrs>();
  const size_t heads = args.out.cols / attrs.head_dim;
  for (size_t item = range.begin; item < range.end; ++item) {
    const size_t row = item / heads, begin = item % heads * attrs.head_dim;
    Rotate(attrs, RowOf<float>(args.in[0], ctx, row) + begin,
           RowOf<float>(args.in[1], ctx, row),
           RowOf<float>(args.out, ctx, row) + begin);
  }
}

}  // namespace tenon::scalar
