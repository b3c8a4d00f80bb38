#include "backend_simd128/probe.h"

#include <cstdint>

#include "backend_simd128/dot.h"

namespace tenon::simd128 {

const int32_t kHiddenZero = 0;
namespace {

// Compiled for any processor: no vectors in here.
bool HasInstructions() noexcept {
#if (defined(__x86_64__) || defined(__i386__)) && !defined(__wasm__)
  return __builtin_cpu_supports("sse4.2");
#else
  return true;
#endif
}

// Known products, with operands that come from memory: compilers fold constant
// ones, and would answer for themselves instead of for the engine.
class Products {
 public:
  explicit Products(bool is_signed) noexcept {
    const volatile int factor = 5;
    for (int i = 0, x = 1; i < 128; ++i) {
      x = (x * factor + 7 * i + 3) % 256;
      q_[i] = static_cast<int8_t>(x == 0 ? -127 : x - 128);
      code_[i] = static_cast<int8_t>(is_signed ? 127 - x : x % 64);
    }
  }

  bool Agree(v128_t (*dot)(const v128_t*, const v128_t*)) const noexcept {
    v128_t code[8], q[8];
    for (int i = 0; i < 8; ++i) {
      code[i] = Load(code_ + 16 * i);
      q[i] = Load(q_ + 16 * i);
    }
    int32_t sums[kLanes];
    Store(sums, dot(code, q));
    for (size_t lane = 0; lane < kLanes; ++lane)
      if (sums[lane] != Expected(lane)) return false;
    return true;
  }

 private:
  int32_t Expected(size_t lane) const noexcept {
    int32_t sum = 0;
    for (size_t i = 0; i < 128; ++i)
      if (i / 4 % kLanes == lane) sum += code_[i] * q_[i];
    return sum;
  }

  int8_t code_[128], q_[128];
};

// Something to point at: Dot() itself is always inlined.
template <int kMaxCode>
v128_t Product(const v128_t* code, const v128_t* q) noexcept {
  return Dot<kMaxCode, 8>(code, q);
}

#if defined(TENON_RELAXED_SIMD)
// 5 + eight products of `code`.  For one of more than seven bits WebAssembly
// leaves open what comes out: engines that need several instructions saturate
// the sums of two; ARM takes it as negative.
int32_t SumOfQuads(uint8_t code, int8_t q) noexcept {
  const volatile uint8_t code_in_memory = code;
  const volatile int8_t q_in_memory = q;
  const v128_t codes = wasm_u8x16_splat(code_in_memory);
  const v128_t qs = wasm_i8x16_splat(q_in_memory);
  const v128_t sum =
      AddQuads(AddQuads(wasm_i32x4_splat(5), codes, qs), codes, qs);
  return wasm_i32x4_extract_lane(sum, 0);
}

int QuadBits() noexcept {
  if (SumOfQuads(127, -127) != 5 - 8 * 127 * 127) return 0;
  const int32_t sum = SumOfQuads(255, -127);
  if (sum == 5 - 8 * 255 * 127) return 8;
  return sum == 5 + 8 * 127 ? 7 : 0;
}
#endif

}  // namespace

const char* Unusable() noexcept {
  if (!HasInstructions()) return "the processor lacks SSE4.2";
  if (!Products(/*is_signed=*/false).Agree(Product<63>))
    return "the engine's dot product of 7-bit codes is wrong";
  if (!Products(/*is_signed=*/true).Agree(Product<kSigned>))
    return "the engine's dot product of signed bytes is wrong";
  return nullptr;
}

bool HasQuads([[maybe_unused]] int bits) noexcept {
#if defined(TENON_RELAXED_SIMD)
  static const int most = QuadBits();
  return bits <= most;
#else
  return false;
#endif
}

}  // namespace tenon::simd128
