// A mixture of experts: which ones a token goes to, and their matrices.
#include <algorithm>
#include <limits>
#include <span>

#include "backend_scalar/kernels.h"
#include "backend_scalar/linear.h"
#include "backend_scalar/linear_int8.h"
#include "tenon/math.h"

namespace tenon::scalar {
namespace {

constexpr float kLeastSum = 6.103515625e-5f;  // 2^-14, as models were run with

// The route of one token, as Route writes it.
struct TokenRoute {
  const float* row;
  uint32_t used;

  size_t Expert(size_t slot) const noexcept {
    return static_cast<size_t>(row[slot]);
  }
  float Weight(size_t slot) const noexcept { return row[used + slot]; }
};

TokenRoute RouteOf(const KernelArgs& args, const StepContext& ctx,
                   size_t t) noexcept {
  return {RowOf<float>(args.in[1], ctx, t), args.As<RouteAttrs>().used};
}

// The position of the largest logit; the first of equals.
size_t Best(std::span<const float> logits) noexcept {
  size_t best = 0;
  for (size_t i = 1; i < logits.size(); ++i)
    if (logits[i] > logits[best]) best = i;
  return best;
}

// Probabilities among all experts, then among the chosen ones.
void Normalise(std::span<float> weights, float sum_of_all) noexcept {
  float sum = 0;
  for (float& w : weights) sum += w /= sum_of_all;
  for (float& w : weights) w /= std::max(sum, kLeastSum);
}

// Uses up the logits.
void RouteToken(std::span<float> logits, float* out, uint32_t used) noexcept {
  const float max = logits[Best(logits)];
  float sum = 0;
  for (float x : logits) sum += Exp(x - max);
  for (uint32_t s = 0; s < used; ++s) {
    const size_t expert = Best(logits);
    out[s] = static_cast<float>(expert);
    out[used + s] = Exp(logits[expert] - max);
    logits[expert] = -std::numeric_limits<float>::infinity();
  }
  Normalise({out + used, used}, sum);
}

// out[t][slot * N + n] = dot(row n of the slot's expert, token t, 0)
template <typename RowDot>
void LinearRows(const KernelArgs& args, const StepContext& ctx, Range range,
                RowDot dot) noexcept {
  const size_t rows = args.weight[0].rows / args.As<RouteAttrs>().experts;
  for (size_t t = 0; t < RowCount(args.out, ctx); ++t) {
    const TokenRoute route = RouteOf(args, ctx, t);
    float* y = RowOf<float>(args.out, ctx, t);
    for (size_t s = 0; s < route.used; ++s)
      for (size_t n = range.begin; n < range.end; ++n)
        y[s * rows + n] = dot(route.Expert(s) * rows + n, t, 0);
  }
}

// out[t][n] = sum over slots of weight * dot(row n of the expert, t, slot)
template <typename RowDot>
void SumRows(const KernelArgs& args, const StepContext& ctx, Range range,
             RowDot dot) noexcept {
  const size_t rows = args.weight[0].rows / args.As<RouteAttrs>().experts;
  for (size_t t = 0; t < RowCount(args.out, ctx); ++t) {
    const TokenRoute route = RouteOf(args, ctx, t);
    float* y = RowOf<float>(args.out, ctx, t);
    for (size_t n = range.begin; n < range.end; ++n) {
      float sum = 0;
      for (size_t s = 0; s < route.used; ++s)
        sum += route.Weight(s) * dot(route.Expert(s) * rows + n, t, s);
      y[n] = sum;
    }
  }
}

// The product of a weight row with segment `slot` of token t's input.
auto F32Dot(const KernelArgs& args, const StepContext& ctx) noexcept {
  return [&args, &ctx](size_t row, size_t t, size_t slot) {
    const WeightRef& w = args.weight[0];
    return DecodedDot(w, row, RowOf<float>(args.in[0], ctx, t) + slot * w.cols);
  };
}

template <typename Format>
auto Int8Dot(const KernelArgs& args, const StepContext& ctx,
             std::byte* scratch) noexcept {
  return [&args, &ctx, scratch](size_t row, size_t t, size_t slot) {
    const WeightRef& w = args.weight[0];
    const size_t groups = w.cols / quant::kGroup;
    auto* unpacked = reinterpret_cast<ScaledGroup*>(scratch);
    UnpackRow<Format>(w.data + row * w.row_bytes, groups, unpacked);
    return DotRow<Format>(
        unpacked, RowOf<A8Block>(args.in[0], ctx, t) + slot * groups, groups);
  };
}

}  // namespace

uint64_t RouteScratch(const KernelArgs& args, const ScratchQuery&) noexcept {
  return uint64_t{args.As<RouteAttrs>().experts} * sizeof(float);
}

void Route(const KernelArgs& args, const StepContext& ctx, Range range,
           std::byte* scratch) noexcept {
  const auto& [experts, used] = args.As<RouteAttrs>();
  float* logits = reinterpret_cast<float*>(scratch);
  for (size_t t = range.begin; t < range.end; ++t) {
    std::copy_n(RowOf<float>(args.in[0], ctx, t), experts, logits);
    RouteToken({logits, experts}, RowOf<float>(args.out, ctx, t), used);
  }
}

uint32_t ExpertRows(const KernelArgs& args, const StepContext& ctx) noexcept {
  if (RowCount(args.out, ctx) == 0) return 0;
  return args.weight[0].rows / args.As<RouteAttrs>().experts;
}

void ExpertLinearF32(const KernelArgs& args, const StepContext& ctx,
                     Range range, std::byte*) noexcept {
  LinearRows(args, ctx, range, F32Dot(args, ctx));
}

void ExpertSumF32(const KernelArgs& args, const StepContext& ctx, Range range,
                  std::byte*) noexcept {
  SumRows(args, ctx, range, F32Dot(args, ctx));
}

template <typename Format>
void ExpertLinearInt8(const KernelArgs& args, const StepContext& ctx,
                      Range range, std::byte* scratch) noexcept {
  LinearRows(args, ctx, range, Int8Dot<Format>(args, ctx, scratch));
}

template <typename Format>
void ExpertSumInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                   std::byte* scratch) noexcept {
  SumRows(args, ctx, range, Int8Dot<Format>(args, ctx, scratch));
}

#define TENON_FLOAT_WEIGHT(W, w)
#define TENON_BLOCK_WEIGHT(W, w)              \
  template Kernel ExpertLinearInt8<quant::W>; \
  template Kernel ExpertSumInt8<quant::W>;
#include "backend_scalar/weights.inc"
#undef TENON_FLOAT_WEIGHT
#undef TENON_BLOCK_WEIGHT

}  // namespace tenon::scalar
