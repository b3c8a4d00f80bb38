#include "tenon/dtype.h"

namespace tenon {
namespace {

constexpr uint32_t kFloatInfinity = 0x7f800000u;
constexpr uint32_t kHalfOverflow = 0x477ff000u;   // 65520: half way to 2^16
constexpr uint32_t kMinHalfNormal = 0x38800000u;  // 2^-14

// The bits of a half from those of a non-negative float.
uint32_t RoundMagnitude(uint32_t bits) noexcept {
  if (bits > kFloatInfinity) return 0x7e00u | (bits >> 13 & 0x1ffu);
  if (bits >= kHalfOverflow) return 0x7c00u;
  if (bits < kMinHalfNormal) {
    // Near 0.5 the floats are 2^-24 apart, like the subnormal halves.
    const float rounded = std::bit_cast<float>(bits) + 0.5f;
    return std::bit_cast<uint32_t>(rounded) - std::bit_cast<uint32_t>(0.5f);
  }
  const uint32_t odd = bits >> 13 & 1;
  return (bits + 0xfffu + odd - (112u << 23)) >> 13;
}

}  // namespace

uint16_t FloatToHalf(float value) noexcept {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t sign = bits >> 31 << 15;
  return static_cast<uint16_t>(sign | RoundMagnitude(bits & 0x7fffffffu));
}

}  // namespace tenon
