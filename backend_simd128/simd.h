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
#define TENON_NOINLINE __attribute__((noinline))

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
// Asks memory for all of [p, p + bytes), where decoding would ask for a part at
// a time.
inline void Touch(const std::byte* p, size_t bytes) noexcept {
  constexpr size_t kLine = 64;  // of a cache
  for (size_t at = 0; at < bytes; at += kLine)
    static_cast<void>(*static_cast<const volatile std::byte*>(p + at));
}
// For a stream of weights that has come to `at` and goes on by steps of kStep
// bytes: at one of them asks memory for the beginning of the next page; reads
// nothing from `end` on.  What processors read ahead ends with the page, and
// only a few reads into the next they begin again.
template <size_t kStep>
TENON_INLINE void TouchNextPage(const std::byte* at,
                                const std::byte* end) noexcept {
  constexpr size_t kPage = 4096, kAhead = 1792, kBytes = 384;
  static_assert(kStep <= kAhead);
  const size_t past = (reinterpret_cast<uintptr_t>(at) + kAhead) % kPage;
  if (past < kStep && static_cast<size_t>(end - at) >= kAhead + kBytes)
    Touch(at + kAhead - past, kBytes);
}
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

// Four bfloat16s from memory.
inline v128_t LoadBfloats(const void* p) noexcept {
  return wasm_i32x4_shl(wasm_u32x4_extend_low_u16x8(wasm_v128_load64_zero(p)),
                        16);
}

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_SIMD_H_
