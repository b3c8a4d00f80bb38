// Storage types of weights, activations and state.  dtype.inc is the list.
#ifndef TENON_DTYPE_H_
#define TENON_DTYPE_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tenon {

enum class DType : uint8_t {
#define TENON_DTYPE(name, ...) k##name,
#include "tenon/dtype.inc"
#undef TENON_DTYPE
};

inline constexpr uint32_t kNoGgufId = UINT32_MAX;

// Turns `n` blocks into n * DTypeInfo::block_elements f32 values.  `blocks`
// needs no alignment.  Every operation is rounded to f32, none is fused.
using DecodeFn = void (*)(const std::byte* blocks, size_t n,
                          float* out) noexcept;

struct DTypeInfo {
  const char* name;
  uint32_t gguf_id;         // kNoGgufId: never stored in a GGUF file
  uint32_t block_elements;  // a row is a whole number of blocks
  uint32_t block_bytes;
  DecodeFn decode;  // nullptr: Tenon cannot read this type
};

const DTypeInfo& Info(DType dtype) noexcept;
inline const char* Name(DType dtype) noexcept { return Info(dtype).name; }

std::optional<DType> DTypeFromName(std::string_view name) noexcept;
std::optional<DType> DTypeFromGgufId(uint32_t id) noexcept;

// Bytes of a row of `cols` elements.  REQUIRES: cols % block_elements == 0.
inline size_t RowBytes(DType dtype, size_t cols) noexcept {
  const DTypeInfo& info = Info(dtype);
  return cols / info.block_elements * info.block_bytes;
}

// Decodes a whole row.  REQUIRES: the type has a decoder.
inline void DecodeRow(DType dtype, const std::byte* row, size_t cols,
                      float* out) noexcept {
  Info(dtype).decode(row, cols / Info(dtype).block_elements, out);
}

// 32 activations rounded to int8: x[i] is about scale * q[i].  As many of them
// share a scale as elements are in a block of the weight that they are
// multiplied with (QuantizeAttrs::width): 32, or 256, the same scale in eight
// A8Blocks.  Exactly, every operation rounded to f32:
//   amax = max |x[i]| of those, skipping NaN;  scale = amax / 127
//   inv = amax >= 2^-100 ? 127 / amax : 0
//   y = x[i] * inv + (the sign bit of x[i] is set ? -0.5 : 0.5)
//   y = y > -127 ? y : -127;  y = y < 127 ? y : 127;  q[i] = trunc(y)
// `sum` holds the sums of q[0..15] and q[16..31]: kernels subtract a weight's
// offset or minimum through them instead of touching every element.
struct A8Block {
  float scale;
  int16_t sum[2];
  int8_t q[32];
};
static_assert(sizeof(A8Block) == 40);

// IEEE half precision.  Exact: subnormals, infinities and NaN are kept.  Free
// of branches, so that loops over it become vector code.
inline float HalfToFloat(uint16_t half) noexcept {
  const uint32_t sign = (half & 0x8000u) << 16;
  const uint32_t magnitude = half & 0x7fffu;
  const uint32_t is_subnormal = 0u - (magnitude < 0x0400);
  const uint32_t is_infinite = 0u - (magnitude >= 0x7c00);
  // At 0.5 floats are 2^-24 apart, like the subnormal halves.
  const uint32_t subnormal = std::bit_cast<uint32_t>(
      std::bit_cast<float>(magnitude | 0x3f000000u) - 0.5f);
  const uint32_t normal = (magnitude << 13) + (112u << 23);  // exponent + 112
  return std::bit_cast<float>(sign | (subnormal & is_subnormal) |
                              (normal & ~is_subnormal) |
                              (0x7f800000u & is_infinite));
}

// Rounds to nearest even; overflow gives infinity, NaN stays NaN.
uint16_t FloatToHalf(float value) noexcept;

}  // namespace tenon

#endif  // TENON_DTYPE_H_
