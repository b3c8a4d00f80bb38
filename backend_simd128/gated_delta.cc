// The gated delta rule, token by token and by chunks.
#include "backend_simd128/delta_chunk.h"
#include "backend_simd128/delta_head.h"
#include "backend_simd128/kernels.h"
#include "backend_simd128/row_math.h"

namespace tenon::simd128 {
namespace {

// m = f(m, k[i]) for a row of M; returns Dot(m, x).  One pass where the row is
// a whole number of sixteen.
template <typename F>
float UpdateAndDot(float* m, const float* k, const float* x, size_t s,
                   F f) noexcept {
  if (s % kSumLanes != 0) {
    Zip(m, k, m, s, f);
    return DotLanes(m, x, s);
  }
  Lanes16 sum;
  const float* end = m + s;
  for (; m != end; m += kSumLanes, k += kSumLanes, x += kSumLanes)
    for (size_t j = 0; j < 4; ++j) {
      const v128_t updated = f(Load(m + kLanes * j), Load(k + kLanes * j));
      Store(m + kLanes * j, updated);
      sum.v[j] = MulAdd(updated, Load(x + kLanes * j), sum.v[j]);
    }
  return Fold(sum);
}

void StepToken(const DeltaHead& head, size_t t) noexcept {
  const size_t s = head.S();
  const float* k = head.k(t);
  const float beta = head.beta(t);
  const v128_t decay = Splat(tenon::Exp(head.decay(t)));
  for (size_t j = 0; j < s; ++j) {
    const float known = UpdateAndDot(
        head.M(j), k, k, s,
        [decay](v128_t m, v128_t) { return wasm_f32x4_mul(m, decay); });
    const v128_t error = Splat(beta * (head.v(t)[j] - known));
    const float answer = UpdateAndDot(
        head.M(j), k, head.q(t), s,
        [error](v128_t m, v128_t key) { return MulAdd(error, key, m); });
    head.out(t)[j] = answer * head.scale();
  }
}

}  // namespace

uint32_t DeltaHeads(const KernelArgs& args, const StepContext& ctx) noexcept {
  return ctx.tokens == 0 ? 0 : args.As<DeltaAttrs>().value_heads;
}

void GatedDelta(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte*) noexcept {
  for (size_t h = range.begin; h < range.end; ++h) {
    const DeltaHead head(args, ctx, h);
    for (size_t t = 0; t < ctx.tokens; ++t) StepToken(head, t);
  }
}

uint64_t DeltaChunkScratch(const KernelArgs& args,
                           const ScratchQuery&) noexcept {
  return DeltaChunk<RowMath>::Floats(args.As<DeltaAttrs>().head_dim) *
         sizeof(float);
}

void GatedDeltaChunked(const KernelArgs& args, const StepContext& ctx,
                       Range range, std::byte* scratch) noexcept {
  RunDeltaChunks<RowMath>(args, ctx, range, scratch);
}

}  // namespace tenon::simd128
