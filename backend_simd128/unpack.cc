// Packed blocks back to blocks of the file's formats, which quant.h describes:
// the inverse of pack.cc, bit by bit.
#include <algorithm>
#include <cstring>

#include "backend_simd128/packed.h"

namespace tenon::simd128 {
namespace {

// What a packed block stores of one row's group.
struct StoredGroup {
  uint8_t code[quant::kGroup];
  uint8_t scale[2], min[2];
};

// d and dmin, as halves.
struct StoredScales {
  uint16_t d, dmin;
};

void Or(std::byte* at, unsigned bits) noexcept {
  *at |= static_cast<std::byte>(bits);
}

void Store16(std::byte* at, uint16_t value) noexcept {
  std::memcpy(at, &value, sizeof(value));
}

// --- Parts that formats share.  They find zeros.

void PutNibbles(const uint8_t* code, std::byte* q) noexcept {
  for (size_t i = 0; i < quant::kHalf; ++i)
    Or(q + i, (code[i] & 15u) | (code[i + quant::kHalf] & 15u) << 4);
}

void PutFifthBits(const uint8_t* code, std::byte* bits) noexcept {
  for (size_t i = 0; i < quant::kGroup; ++i)
    Or(bits + i / 8, (code[i] >> 4 & 1u) << i % 8);
}

// Bits [from, from + count) of each code, to bit `to` of a byte each.
void PutBits(const uint8_t* code, unsigned from, unsigned count, size_t to,
             std::byte* q) noexcept {
  for (size_t i = 0; i < quant::kGroup; ++i)
    Or(q + i, (code[i] >> from & ((1u << count) - 1)) << to);
}

// The nibble that chooses each of the 32 codes.
void FindIq4(uint8_t* code) noexcept {
  static constexpr Iq4Inverse kInverse;
  for (size_t i = 0; i < quant::kGroup; ++i) code[i] = kInverse.nibble[code[i]];
}

// Eight 6-bit scales and minimums in 12 bytes: quant::ReadSixBits().
void PutSixBits(const StoredGroup& group, size_t g, std::byte* s) noexcept {
  const unsigned scale = group.scale[0], min = group.min[0];
  if (g < 4) {
    Or(s + g, scale);
    Or(s + g + 4, min);
  } else {
    Or(s + g + 4, (scale & 15) | (min & 15) << 4);
    Or(s + g - 4, scale >> 4 << 6);
    Or(s + g, min >> 4 << 6);
  }
}

// --- Where each format has its scales, and its group g.

// d
void PutScales(quant::ScaleInFront, StoredScales s, std::byte* b) noexcept {
  Store16(b, s.d);
}
void PutScales(quant::SignedMinimum, StoredScales s, std::byte* b) noexcept {
  Store16(b, s.d);
  Store16(b + 2, s.dmin ^ 0x8000);
}
void PutScales(quant::ScaleAndMinimum, StoredScales s, std::byte* b) noexcept {
  Store16(b, s.d);
  Store16(b + 2, s.dmin);
}
void PutScales(quant::Q2_K, StoredScales s, std::byte* b) noexcept {
  Store16(b + 80, s.d);
  Store16(b + 82, s.dmin);
}
void PutScales(quant::Q3_K, StoredScales s, std::byte* b) noexcept {
  Store16(b + 108, s.d);
}
void PutScales(quant::Q6_K, StoredScales s, std::byte* b) noexcept {
  Store16(b + 208, s.d);
}

void PutGroup(quant::Q4_0, StoredGroup& x, size_t, std::byte* b) noexcept {
  PutNibbles(x.code, b + 2);
}
void PutGroup(quant::Q4_1, StoredGroup& x, size_t, std::byte* b) noexcept {
  PutNibbles(x.code, b + 4);
}
void PutGroup(quant::Q5_0, StoredGroup& x, size_t, std::byte* b) noexcept {
  PutFifthBits(x.code, b + 2);
  PutNibbles(x.code, b + 6);
}
void PutGroup(quant::Q5_1, StoredGroup& x, size_t, std::byte* b) noexcept {
  PutFifthBits(x.code, b + 4);
  PutNibbles(x.code, b + 8);
}
void PutGroup(quant::Q8_0, StoredGroup& x, size_t, std::byte* b) noexcept {
  std::memcpy(b + 2, x.code, sizeof(x.code));
}
void PutGroup(quant::IQ4_NL, StoredGroup& x, size_t, std::byte* b) noexcept {
  FindIq4(x.code);
  PutNibbles(x.code, b + 2);
}

void PutGroup(quant::Q2_K, StoredGroup& x, size_t g, std::byte* b) noexcept {
  PutBits(x.code, 0, 2, 2 * (g % 4), b + 16 + 32 * (g / 4));
  for (size_t half = 0; half < 2; ++half)
    Or(b + 2 * g + half, x.scale[half] | unsigned{x.min[half]} << 4);
}

void PutGroup(quant::Q3_K, StoredGroup& x, size_t g, std::byte* b) noexcept {
  PutBits(x.code, 0, 2, 2 * (g % 4), b + 32 + 32 * (g / 4));
  PutBits(x.code, 2, 1, g, b);
  for (size_t half = 0; half < 2; ++half) {
    const unsigned scale = (x.scale[half] + 32u) & 63;
    const size_t i = 2 * g + half;
    Or(b + 96 + i % 8, (scale & 15) << 4 * (i / 8));
    Or(b + 104 + i % 4, scale >> 4 << 2 * (i / 4));
  }
}

void PutGroup(quant::Q4_K, StoredGroup& x, size_t g, std::byte* b) noexcept {
  PutBits(x.code, 0, 4, 4 * (g % 2), b + 16 + 32 * (g / 2));
  PutSixBits(x, g, b + 4);
}

void PutGroup(quant::Q5_K, StoredGroup& x, size_t g, std::byte* b) noexcept {
  PutBits(x.code, 0, 4, 4 * (g % 2), b + 48 + 32 * (g / 2));
  PutBits(x.code, 4, 1, g, b + 16);
  PutSixBits(x, g, b + 4);
}

void PutGroup(quant::Q6_K, StoredGroup& x, size_t g, std::byte* b) noexcept {
  const size_t quarter = g % 4;
  PutBits(x.code, 0, 4, 4 * (quarter / 2),
          b + 64 * (g / 4) + 32 * (quarter % 2));
  PutBits(x.code, 4, 2, 2 * quarter, b + 128 + 32 * (g / 4));
  std::memcpy(b + 192 + 2 * g, x.scale, sizeof(x.scale));
}

void PutGroup(quant::IQ4_XS, StoredGroup& x, size_t g, std::byte* b) noexcept {
  FindIq4(x.code);
  PutNibbles(x.code, b + 8 + 16 * g);
  const unsigned scale = (x.scale[0] + 32u) & 63;
  Or(b + 4 + g / 2, (scale & 15) << 4 * (g % 2));
  Or(b + 2 + g / 4, scale >> 4 << 2 * (g % 4));
}

// --- Reading packed blocks.

// The codes of four rows of a tile.
template <typename Way>
void ReadCodes(const std::byte* tile, StoredGroup* rows) noexcept {
  for (size_t j = 0; j < 8; ++j) {
    uint8_t bytes[16];
    Store(bytes, Way::Read(tile, j));
    for (size_t r = 0; r < kLanes; ++r)
      std::memcpy(rows[r].code + 4 * j, bytes + 4 * r, 4);
  }
}

// Group g of the eight rows.
template <typename Format>
void ReadGroup(const std::byte* block, size_t g, StoredGroup* rows) noexcept {
  using B = PackedBlock<Format>;
  for (size_t quad = 0; quad < kGroupRows / kLanes; ++quad)
    ReadCodes<typename B::Way>(B::TileHalf(block, g, quad),
                               rows + kLanes * quad);
  for (size_t i = 0; i < B::kScales; ++i) {
    const size_t at = (g * B::kScales + i) * kGroupRows;
    for (size_t r = 0; r < kGroupRows; ++r) {
      rows[r].scale[i] = static_cast<uint8_t>(block[B::kScalesAt + at + r]);
      if constexpr (B::kHasMin)
        rows[r].min[i] = static_cast<uint8_t>(block[B::kMinsAt + at + r]);
    }
  }
}

template <typename Format>
StoredScales ReadScales(const std::byte* block, size_t row) noexcept {
  using B = PackedBlock<Format>;
  StoredScales scales{quant::Load16(block + 2 * row), 0};
  if constexpr (B::kHasMin)
    scales.dmin = quant::Load16(block + B::kMinScaleAt + 2 * row);
  return scales;
}

// The first `count` rows of a packed block; those of the file are row_bytes
// apart.
template <typename Format>
void UnpackBlock(const std::byte* block, size_t count, size_t row_bytes,
                 std::byte* out) noexcept {
  for (size_t r = 0; r < count; ++r) {
    std::fill_n(out + r * row_bytes, Format::kBytes, std::byte{0});
    PutScales(Format(), ReadScales<Format>(block, r), out + r * row_bytes);
  }
  for (size_t g = 0; g < Format::kGroups; ++g) {
    StoredGroup rows[kGroupRows];
    ReadGroup<Format>(block, g, rows);
    for (size_t r = 0; r < count; ++r)
      PutGroup(Format(), rows[r], g, out + r * row_bytes);
  }
}

}  // namespace

template <typename Format>
uint64_t GroupBytes(DType, uint64_t cols) noexcept {
  return PackedBlock<Format>::RowGroupBytes(cols);
}

template <typename Format>
void Unpack(DType, size_t cols, size_t count, const std::byte* packed,
            std::byte* rows) noexcept {
  using B = PackedBlock<Format>;
  const size_t blocks = B::BlocksOf(cols), row_bytes = blocks * Format::kBytes;
  for (size_t row = 0; row < count; row += kGroupRows)
    for (size_t b = 0; b < blocks; ++b, packed += B::kBytes)
      UnpackBlock<Format>(packed, std::min(kGroupRows, count - row), row_bytes,
                          rows + row * row_bytes + b * Format::kBytes);
}

#define TENON_FLOAT_WEIGHT(W, w)
#define TENON_BLOCK_WEIGHT(W, w)                                          \
  template uint64_t GroupBytes<quant::W>(DType, uint64_t) noexcept;       \
  template void Unpack<quant::W>(DType, size_t, size_t, const std::byte*, \
                                 std::byte*) noexcept;
#include "backend_simd128/weights.inc"
#undef TENON_FLOAT_WEIGHT
#undef TENON_BLOCK_WEIGHT

}  // namespace tenon::simd128
