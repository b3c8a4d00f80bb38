// The vector unit that this backend is written for: WebAssembly's SIMD128.
// Elsewhere SIMDe spells the same instructions with what the processor has.
//
// A v128_t is sixteen bytes; "quad" is a v128_t of four lanes of 32 bits.
#ifndef BACKEND_SIMD128_SIMD_H_
#define BACKEND_SIMD128_SIMD_H_

#if defined(__wasm__)
#if !defined(__wasm_simd128__)
#error "backend_simd128 is compiled without -msimd128"
#endif
#if defined(TENON_RELAXED_SIMD) != defined(__wasm_relaxed_simd__)
#error "TENON_RELAXED_SIMD and -mrelaxed-simd go together"
#endif
#include <wasm_simd128.h>
#else
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/wasm/simd128.h>
#endif

#include <cstddef>
#include <cstdint>

#include "tenon/math.h"

// For what is called in the innermost loops: without, compilers pass vectors
// through memory.
#define TENON_INLINE inline __attribute__((always_inline))

// Before a loop that is to stay one, for the size of the module.
#if defined(__clang__)
#define TENON_ROLLED _Pragma("clang loop unroll(disable)")
#else
#define TENON_ROLLED _Pragma("GCC unroll 1")
#endif

namespace tenon::simd128 {

inline constexpr size_t kLanes = 4;

inline uint64_t RoundUp(uint64_t n, uint64_t multiple) noexcept {
  return (n + multiple - 1) / multiple * multiple;
}

extern const int32_t kHiddenZero;  // probe.cc; compilers cannot know it

// A constant that is kept in a register or in memory: V8 makes one again
// wherever it is used, which takes longer than most of what uses it.
TENON_INLINE v128_t Constant(v128_t x) noexcept {
#if defined(__wasm__)
  return wasm_v128_xor(x, wasm_v128_load32_splat(&kHiddenZero));
#else
  return x;
#endif
}

inline v128_t Load(const void* p) noexcept { return wasm_v128_load(p); }
inline void Store(void* p, v128_t x) noexcept { wasm_v128_store(p, x); }
inline v128_t Splat(float x) noexcept { return wasm_f32x4_splat(x); }
TENON_INLINE v128_t SplatBits(uint32_t x) noexcept {
  return Constant(wasm_i32x4_splat(static_cast<int32_t>(x)));
}
inline v128_t Zero() noexcept { return wasm_i32x4_splat(0); }

// mask ? a : b, where every bit of a lane's mask is the same.
inline v128_t Select(v128_t mask, v128_t a, v128_t b) noexcept {
  return wasm_v128_bitselect(a, b, mask);
}

// [-2^31, 2^31) toward zero.  WebAssembly's own conversion says what becomes of
// other numbers, too, which costs several instructions on x86.
inline v128_t TruncateSmall(v128_t x) noexcept {
#if defined(__SSE2__) && !defined(__wasm__)
  return _mm_cvttps_epi32(_mm_castsi128_ps(x));
#else
  return wasm_i32x4_trunc_sat_f32x4(x);
#endif
}

// FloatToHalf() of dtype.h, in lanes of 32 bits.
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

struct EightLanes {
  v128_t quad[2];
};

// HalfToFloat() of dtype.h, of eight halves in memory; a NaN is made quiet.
TENON_INLINE EightLanes LoadHalves8(const std::byte* p) noexcept {
  const v128_t half = Load(p);
#if defined(__aarch64__)
  const float16x8_t x = vreinterpretq_f16_s32(half);
  return {{vreinterpretq_s32_f32(vcvt_f32_f16(vget_low_f16(x))),
           vreinterpretq_s32_f32(vcvt_high_f32_f16(x))}};
#else
  const v128_t magnitude =
      wasm_v128_and(half, Constant(wasm_i16x8_splat(0x7fff)));
  const v128_t infinite = wasm_v128_and(
      wasm_i16x8_gt(magnitude, Constant(wasm_i16x8_splat(0x7bff))),
      Constant(wasm_i16x8_splat(0x7f80)));
  const v128_t sign = wasm_v128_xor(half, magnitude);
  const v128_t high =
      wasm_v128_or(wasm_v128_or(sign, infinite), wasm_u16x8_shr(magnitude, 3));
  const v128_t low = wasm_i16x8_shl(magnitude, 13);
  const v128_t factor = Constant(Splat(0x1p112f));
  return {
      {wasm_f32x4_mul(wasm_i16x8_shuffle(low, high, 0, 8, 1, 9, 2, 10, 3, 11),
                      factor),
       wasm_f32x4_mul(wasm_i16x8_shuffle(low, high, 4, 12, 5, 13, 6, 14, 7, 15),
                      factor)}};
#endif
}

// Four bfloat16s from memory.
inline v128_t LoadBfloats(const void* p) noexcept {
  return wasm_i32x4_shl(wasm_u32x4_extend_low_u16x8(wasm_v128_load64_zero(p)),
                        16);
}

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_SIMD_H_
