#include <algorithm>

#include "backend_simd128/kernels.h"
#include "backend_simd128/simd.h"

namespace tenon::simd128 {
namespace {

struct Pair {
  v128_t a, b;
};

Pair Turn(const Pair& x, v128_t cosine, v128_t sine) noexcept {
  return {
      wasm_f32x4_sub(wasm_f32x4_mul(x.a, cosine), wasm_f32x4_mul(x.b, sine)),
      wasm_f32x4_add(wasm_f32x4_mul(x.a, sine), wasm_f32x4_mul(x.b, cosine))};
}

// Four pairs from pair i on.
void TurnAdjacent(const float* x, size_t i, v128_t cosine, v128_t sine,
                  float* y) noexcept {
  const v128_t low = Load(x + 2 * i), high = Load(x + 2 * i + kLanes);
  const Pair turned = Turn({wasm_i32x4_shuffle(low, high, 0, 2, 4, 6),
                            wasm_i32x4_shuffle(low, high, 1, 3, 5, 7)},
                           cosine, sine);
  Store(y + 2 * i, wasm_i32x4_shuffle(turned.a, turned.b, 0, 4, 1, 5));
  Store(y + 2 * i + kLanes, wasm_i32x4_shuffle(turned.a, turned.b, 2, 6, 3, 7));
}

void TurnHalves(const float* x, size_t i, size_t pairs, v128_t cosine,
                v128_t sine, float* y) noexcept {
  const Pair turned = Turn({Load(x + i), Load(x + pairs + i)}, cosine, sine);
  Store(y + i, turned.a);
  Store(y + pairs + i, turned.b);
}

void TurnOne(const float* x, size_t a, size_t b, float cosine, float sine,
             float* y) noexcept {
  const float xa = x[a], xb = x[b];
  y[a] = xa * cosine - xb * sine;
  y[b] = xa * sine + xb * cosine;
}

void Rotate(const RopeAttrs& attrs, const float* x, const float* cosines,
            float* y) noexcept {
  const size_t pairs = attrs.n_rot / 2;
  const float* sines = cosines + pairs;
  const bool adjacent = attrs.pairing == RopePairing::kAdjacent;
  size_t i = 0;
  for (; i + kLanes <= pairs; i += kLanes) {
    const v128_t cosine = Load(cosines + i), sine = Load(sines + i);
    if (adjacent)
      TurnAdjacent(x, i, cosine, sine, y);
    else
      TurnHalves(x, i, pairs, cosine, sine, y);
  }
  for (; i < pairs; ++i)
    TurnOne(x, adjacent ? 2 * i : i, adjacent ? 2 * i + 1 : i + pairs,
            cosines[i], sines[i], y);
  std::copy(x + attrs.n_rot, x + attrs.head_dim, y + attrs.n_rot);
}

}  // namespace

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

}  // namespace tenon::simd128
