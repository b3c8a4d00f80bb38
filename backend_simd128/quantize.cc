#include "backend_simd128/kernels.h"
#include "backend_simd128/simd.h"

namespace tenon::simd128 {
namespace {

constexpr size_t kBlock = 32;

// The largest magnitude, skipping NaN: pmax(a, b) is a < b ? b : a.
float MaxMagnitude(const float* x, size_t width) noexcept {
  v128_t max = Zero();
  for (size_t i = 0; i < width; i += kLanes)
    max = wasm_f32x4_pmax(max, wasm_f32x4_abs(Load(x + i)));
  max = wasm_f32x4_pmax(max, wasm_i32x4_shuffle(max, max, 2, 3, 0, 1));
  max = wasm_f32x4_pmax(max, wasm_i32x4_shuffle(max, max, 1, 0, 3, 2));
  return wasm_f32x4_extract_lane(max, 0);
}

// Any x, NaN included, gives a number in [-127, 127].
v128_t Round(v128_t x, v128_t inverse) noexcept {
  const v128_t sign = wasm_v128_and(x, SplatBits(0x80000000u));
  v128_t y = wasm_f32x4_add(wasm_f32x4_mul(x, inverse),
                            wasm_v128_or(Splat(0.5f), sign));
  y = wasm_f32x4_pmax(Splat(-127.0f), y);
  y = wasm_f32x4_pmin(Splat(127.0f), y);
  return TruncateSmall(y);
}

// Sixteen bytes from four vectors of integers.
v128_t Narrow(const v128_t* q) noexcept {
  return wasm_i8x16_narrow_i16x8(wasm_i16x8_narrow_i32x4(q[0], q[1]),
                                 wasm_i16x8_narrow_i32x4(q[2], q[3]));
}

int16_t Sum(const v128_t* q) noexcept {
  v128_t sum =
      wasm_i32x4_add(wasm_i32x4_add(q[0], q[1]), wasm_i32x4_add(q[2], q[3]));
  sum = wasm_i32x4_add(sum, wasm_i32x4_shuffle(sum, sum, 2, 3, 0, 1));
  sum = wasm_i32x4_add(sum, wasm_i32x4_shuffle(sum, sum, 1, 0, 3, 2));
  return static_cast<int16_t>(wasm_i32x4_extract_lane(sum, 0));
}

void QuantizeBlock(const float* x, v128_t inverse, A8Block& block) noexcept {
  v128_t q[kBlock / kLanes];
  for (size_t i = 0; i < kBlock / kLanes; ++i)
    q[i] = Round(Load(x + kLanes * i), inverse);
  for (size_t half = 0; half < 2; ++half) {
    block.sum[half] = Sum(q + 4 * half);
    Store(block.q + 16 * half, Narrow(q + 4 * half));
  }
}

// `width` elements that share a scale.  The definition stands beside A8Block.
void QuantizeBlocks(const float* x, size_t width, A8Block* y) noexcept {
  const float max = MaxMagnitude(x, width);
  const v128_t inverse = Splat(max >= 0x1p-100f ? 127.0f / max : 0.0f);
  for (size_t i = 0; i < width; i += kBlock, ++y) {
    y->scale = max / 127.0f;
    QuantizeBlock(x + i, inverse, *y);
  }
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

}  // namespace tenon::simd128
