// f16, as FloatToHalf() and HalfToFloat() of dtype.h convert it.
#ifndef BACKEND_SIMD128_HALVES_H_
#define BACKEND_SIMD128_HALVES_H_

#include "backend_simd128/simd.h"

namespace tenon::simd128 {

struct EightLanes {
  v128_t quad[2];
};

// The lanes of 16 bits of two vectors, side by side.
TENON_INLINE EightLanes Interleave(v128_t low, v128_t high) noexcept {
  return {{wasm_i16x8_shuffle(low, high, 0, 8, 1, 9, 2, 10, 3, 11),
           wasm_i16x8_shuffle(low, high, 4, 12, 5, 13, 6, 14, 7, 15)}};
}

// Of four floats, the halves in lanes of 32 bits.
inline v128_t FloatsToHalves(v128_t x) noexcept {
  const v128_t magnitude = wasm_v128_and(x, SplatBits(0x7fffffffu));
  const v128_t sign = wasm_u32x4_shr(wasm_v128_xor(x, magnitude), 16);
  const v128_t shifted = wasm_u32x4_shr(magnitude, 13);
  const v128_t odd = wasm_v128_and(shifted, SplatBits(1));
  const v128_t normal =
      wasm_u32x4_shr(wasm_i32x4_add(wasm_i32x4_add(magnitude, odd),
                                    SplatBits(0xfffu - (112u << 23))),
                     13);
  const v128_t subnormal = wasm_i32x4_sub(
      wasm_f32x4_add(magnitude, Splat(0.5f)), SplatBits(0x3f000000u));
  const v128_t nan =
      wasm_v128_or(SplatBits(0x7e00), wasm_v128_and(shifted, SplatBits(0x1ff)));
  v128_t y = Select(wasm_i32x4_lt(magnitude, SplatBits(0x38800000u)), subnormal,
                    normal);
  y = Select(wasm_i32x4_lt(magnitude, SplatBits(0x477ff000u)), y,
             SplatBits(0x7c00));
  y = Select(wasm_i32x4_gt(magnitude, SplatBits(0x7f800000u)), nan, y);
  return wasm_v128_or(y, sign);
}

#if defined(__aarch64__)
TENON_INLINE EightLanes LoadHalves8(const std::byte* p) noexcept {
  const float16x8_t x = vreinterpretq_f16_s32(Load(p));
  return {{vreinterpretq_s32_f32(vcvt_f32_f16(vget_low_f16(x))),
           vreinterpretq_s32_f32(vcvt_high_f32_f16(x))}};
}

TENON_INLINE EightLanes LoadSmallHalves8(const std::byte* p) noexcept {
  return LoadHalves8(p);
}
#else
// The parts of floats 2^-112 as large as eight halves, in lanes of 16 bits.
struct HalfParts {
  v128_t sign, high, low;
  v128_t infinite;  // the exponent of infinities and NaNs

  TENON_INLINE explicit HalfParts(v128_t half) noexcept {
    const v128_t magnitude =
        wasm_v128_and(half, Constant(wasm_i16x8_splat(0x7fff)));
    sign = wasm_v128_xor(half, magnitude);
    high = wasm_u16x8_shr(magnitude, 3);
    low = wasm_i16x8_shl(magnitude, 13);
    infinite = wasm_v128_and(
        wasm_i16x8_gt(magnitude, Constant(wasm_i16x8_splat(0x7bff))),
        Constant(wasm_i16x8_splat(0x7f80)));
  }
};

// Eight halves in memory; a NaN is made quiet.  A subnormal one is a subnormal
// float on the way, which takes x86 a hundred cycles and more.
TENON_INLINE EightLanes LoadHalves8(const std::byte* p) noexcept {
  const HalfParts x(Load(p));
  EightLanes y =
      Interleave(x.low, wasm_v128_or(wasm_v128_or(x.sign, x.infinite), x.high));
  for (v128_t& quad : y.quad)
    quad = wasm_f32x4_mul(quad, Constant(Splat(0x1p112f)));
  return y;
}

// The same with eight more instructions, where subnormal halves are common.
// The exponent is moved first, so y is (1 + m) 2^-15 where m 2^-14 is meant,
// with a mantissa m: 2 y - 2^-14, which is less than y for these only.
TENON_INLINE EightLanes LoadSmallHalves8(const std::byte* p) noexcept {
  const HalfParts x(Load(p));
  const v128_t bias = Constant(wasm_i16x8_splat(112 << 7));
  const v128_t least = Constant(Splat(0x1p-14f));
  EightLanes y =
      Interleave(x.low, wasm_v128_or(x.infinite, wasm_i16x8_add(x.high, bias)));
  const EightLanes sign = Interleave(Zero(), x.sign);
  for (size_t i = 0; i < 2; ++i) {
    v128_t& quad = y.quad[i];
    const v128_t subnormal = wasm_f32x4_add(quad, wasm_f32x4_sub(quad, least));
    quad = wasm_v128_or(wasm_f32x4_pmin(subnormal, quad), sign.quad[i]);
  }
  return y;
}
#endif

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_HALVES_H_
