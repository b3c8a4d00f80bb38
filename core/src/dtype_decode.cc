#include "src/dtype_decode.h"

#include <cstdint>
#include <cstring>

#include "tenon/dtype.h"
#include "tenon/quant.h"

namespace tenon {
namespace {

// value = (d * scale) * code - dmin * min, half a group at a time.
template <typename Format>
void DecodeGroup(const quant::Scales& scales, const quant::Group& group,
                 float* out) noexcept {
  for (size_t half = 0; half < 2; ++half, out += quant::kHalf) {
    const int8_t* code = group.code + half * quant::kHalf;
    const float scale = scales.d * static_cast<float>(group.scale[half]);
    const float min = scales.dmin * static_cast<float>(group.min[half]);
    for (size_t i = 0; i < quant::kHalf; ++i) {
      out[i] = scale * static_cast<float>(code[i]);
      if constexpr (Format::kHasMin) out[i] -= min;
    }
  }
}

template <typename Format>
void DecodeBlocks(const std::byte* blocks, size_t n, float* out) noexcept {
  for (; n > 0; --n, blocks += Format::kBytes) {
    const quant::Scales scales = Format::ReadScales(blocks);
    for (size_t g = 0; g < Format::kGroups; ++g, out += quant::kGroup) {
      quant::Group group;
      Format::Unpack(blocks, g, group);
      DecodeGroup<Format>(scales, group, out);
    }
  }
}

}  // namespace

void DecodeF32(const std::byte* blocks, size_t n, float* out) noexcept {
  std::memcpy(out, blocks, n * sizeof(float));
}

void DecodeF16(const std::byte* blocks, size_t n, float* out) noexcept {
  for (size_t i = 0; i < n; ++i)
    out[i] = HalfToFloat(quant::Load16(blocks + 2 * i));
}

void DecodeBF16(const std::byte* blocks, size_t n, float* out) noexcept {
  for (size_t i = 0; i < n; ++i)
    out[i] =
        std::bit_cast<float>(uint32_t{quant::Load16(blocks + 2 * i)} << 16);
}

void DecodeA8(const std::byte* blocks, size_t n, float* out) noexcept {
  for (; n > 0; --n, blocks += sizeof(A8Block)) {
    A8Block block;
    std::memcpy(&block, blocks, sizeof block);
    for (const int8_t q : block.q) *out++ = block.scale * q;
  }
}

#define TENON_DECODER(Format)                            \
  void Decode##Format(const std::byte* blocks, size_t n, \
                      float* out) noexcept {             \
    DecodeBlocks<quant::Format>(blocks, n, out);         \
  }
TENON_DECODER(Q4_0)
TENON_DECODER(Q4_1)
TENON_DECODER(Q5_0)
TENON_DECODER(Q5_1)
TENON_DECODER(Q8_0)
TENON_DECODER(Q2_K)
TENON_DECODER(Q3_K)
TENON_DECODER(Q4_K)
TENON_DECODER(Q5_K)
TENON_DECODER(Q6_K)
TENON_DECODER(IQ4_NL)
TENON_DECODER(IQ4_XS)
#undef TENON_DECODER

}  // namespace tenon
