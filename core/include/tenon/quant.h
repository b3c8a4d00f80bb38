// The block formats of quantised weights, each written down once.
//
// A row is a run of blocks, a block a run of groups of 32 elements:
//   value[i] = (d * scale[i / 16]) * code[i] - dmin * min[i / 16]
// with small integers for code, scale and min.  Decoders, reference kernels
// and the packing of faster backends all read blocks through
//   Format::ReadScales(block)        d and dmin of a block
//   Format::Unpack(block, g, out)    the integers of its group g; `out` is a
//                                    new Group{}
// kMaxCode and kMaxScale bound the magnitudes.  Blocks need no alignment.
#ifndef TENON_QUANT_H_
#define TENON_QUANT_H_

#include <cstddef>
#include <cstdint>

#include "tenon/dtype.h"

namespace tenon::quant {

inline constexpr size_t kGroup = 32;  // elements of a group
inline constexpr size_t kHalf = 16;   // elements that share scale and min

struct Scales {
  float d, dmin;
};

struct Group {
  int8_t code[kGroup];
  int32_t scale[2] = {1, 1};
  int32_t min[2] = {};
};

inline uint32_t Load8(const std::byte* p) noexcept {
  return static_cast<uint8_t>(*p);
}
inline uint16_t Load16(const std::byte* p) noexcept {
  return static_cast<uint16_t>(Load8(p) | Load8(p + 1) << 8);
}
inline uint32_t Load32(const std::byte* p) noexcept {
  return Load16(p) | uint32_t{Load16(p + 2)} << 16;
}
inline float LoadHalf(const std::byte* p) noexcept {
  return HalfToFloat(Load16(p));
}

// 32 codes in 16 bytes: the low nibbles, then the high ones.
inline void UnpackNibbles(const std::byte* q, int8_t* code) noexcept {
  for (size_t i = 0; i < kHalf; ++i) {
    code[i] = static_cast<int8_t>(Load8(q + i) & 15);
    code[i + kHalf] = static_cast<int8_t>(Load8(q + i) >> 4);
  }
}

// Adds 16 to the codes whose bit is set.
inline void AddFifthBits(uint32_t bits, int8_t* code) noexcept {
  for (size_t i = 0; i < kGroup; ++i)
    code[i] = static_cast<int8_t>(code[i] | (bits >> i & 1) << 4);
}

inline void Subtract(int offset, int8_t* code) noexcept {
  for (size_t i = 0; i < kGroup; ++i)
    code[i] = static_cast<int8_t>(code[i] - offset);
}

// The 4-bit code book of the IQ4 types.
inline constexpr int8_t kIq4Codes[16] = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
inline void LookUpIq4(int8_t* code) noexcept {
  for (size_t i = 0; i < kGroup; ++i) code[i] = kIq4Codes[code[i]];
}

// --- Where d and dmin are, for the formats that have them in front.

// d
struct ScaleInFront {
  static constexpr bool kHasMin = false;
  static Scales ReadScales(const std::byte* b) noexcept {
    return {LoadHalf(b), 0};
  }
};

// d, m: value = d * code + m
struct SignedMinimum {
  static constexpr bool kHasMin = true;
  static Scales ReadScales(const std::byte* b) noexcept {
    return {LoadHalf(b), -LoadHalf(b + 2)};
  }
};

// d, dmin
struct ScaleAndMinimum {
  static constexpr bool kHasMin = true;
  static Scales ReadScales(const std::byte* b) noexcept {
    return {LoadHalf(b), LoadHalf(b + 2)};
  }
};

// --- Blocks of one group.

// d, q[16]
struct Q4_0 : ScaleInFront {
  static constexpr size_t kBytes = 18, kGroups = 1;
  static constexpr int kMaxCode = 8, kMaxScale = 1;
  static void Unpack(const std::byte* b, size_t, Group& out) noexcept {
    UnpackNibbles(b + 2, out.code);
    Subtract(8, out.code);
  }
};

// d, m, q[16]
struct Q4_1 : SignedMinimum {
  static constexpr size_t kBytes = 20, kGroups = 1;
  static constexpr int kMaxCode = 15, kMaxScale = 1;
  static void Unpack(const std::byte* b, size_t, Group& out) noexcept {
    out.min[0] = out.min[1] = 1;
    UnpackNibbles(b + 4, out.code);
  }
};

// d, fifth bits u32, q[16]
struct Q5_0 : ScaleInFront {
  static constexpr size_t kBytes = 22, kGroups = 1;
  static constexpr int kMaxCode = 16, kMaxScale = 1;
  static void Unpack(const std::byte* b, size_t, Group& out) noexcept {
    UnpackNibbles(b + 6, out.code);
    AddFifthBits(Load32(b + 2), out.code);
    Subtract(16, out.code);
  }
};

// d, m, fifth bits u32, q[16]
struct Q5_1 : SignedMinimum {
  static constexpr size_t kBytes = 24, kGroups = 1;
  static constexpr int kMaxCode = 31, kMaxScale = 1;
  static void Unpack(const std::byte* b, size_t, Group& out) noexcept {
    out.min[0] = out.min[1] = 1;
    UnpackNibbles(b + 8, out.code);
    AddFifthBits(Load32(b + 4), out.code);
  }
};

// d, i8 q[32]
struct Q8_0 : ScaleInFront {
  static constexpr size_t kBytes = 34, kGroups = 1;
  static constexpr int kMaxCode = 128, kMaxScale = 1;
  static void Unpack(const std::byte* b, size_t, Group& out) noexcept {
    for (size_t i = 0; i < kGroup; ++i)
      out.code[i] = static_cast<int8_t>(b[2 + i]);
  }
};

// d, q[16]
struct IQ4_NL : ScaleInFront {
  static constexpr size_t kBytes = 18, kGroups = 1;
  static constexpr int kMaxCode = 127, kMaxScale = 1;
  static void Unpack(const std::byte* b, size_t, Group& out) noexcept {
    UnpackNibbles(b + 2, out.code);
    LookUpIq4(out.code);
  }
};

// --- Super-blocks of eight groups.

// One byte per half group, scale below min: [16], q 2 bits [64], d, dmin
struct Q2_K {
  static constexpr size_t kBytes = 84, kGroups = 8;
  static constexpr int kMaxCode = 3, kMaxScale = 15;
  static constexpr bool kHasMin = true;
  static Scales ReadScales(const std::byte* b) noexcept {
    return {LoadHalf(b + 80), LoadHalf(b + 82)};
  }
  static void Unpack(const std::byte* b, size_t g, Group& out) noexcept {
    const std::byte* q = b + 16 + 32 * (g / 4);
    for (size_t i = 0; i < kGroup; ++i)
      out.code[i] = static_cast<int8_t>(Load8(q + i) >> 2 * (g % 4) & 3);
    for (size_t half = 0; half < 2; ++half) {
      out.scale[half] = static_cast<int32_t>(Load8(b + 2 * g + half) & 15);
      out.min[half] = static_cast<int32_t>(Load8(b + 2 * g + half) >> 4);
    }
  }
};

// third bits [32] (clear: minus 4), q 2 bits [64], scales [12], d
struct Q3_K {
  static constexpr size_t kBytes = 110, kGroups = 8;
  static constexpr int kMaxCode = 4, kMaxScale = 32;
  static constexpr bool kHasMin = false;
  static Scales ReadScales(const std::byte* b) noexcept {
    return {LoadHalf(b + 108), 0};
  }
  static void Unpack(const std::byte* b, size_t g, Group& out) noexcept {
    const std::byte* q = b + 32 + 32 * (g / 4);
    for (size_t i = 0; i < kGroup; ++i) {
      const uint32_t low = Load8(q + i) >> 2 * (g % 4) & 3;
      const uint32_t high = Load8(b + i) >> g & 1;
      out.code[i] = static_cast<int8_t>(static_cast<int>(low | high << 2) - 4);
    }
    for (size_t half = 0; half < 2; ++half)
      out.scale[half] = ScaleOf(b + 96, 2 * g + half);
  }

 private:
  // Sixteen 6-bit scales: nibbles in bytes 0..7, then two bits each.
  static int32_t ScaleOf(const std::byte* s, size_t i) noexcept {
    const uint32_t low = Load8(s + i % 8) >> 4 * (i / 8) & 15;
    const uint32_t high = Load8(s + 8 + i % 4) >> 2 * (i / 4) & 3;
    return static_cast<int32_t>(low | high << 4) - 32;
  }
};

// Eight 6-bit scales and minimums in 12 bytes, as Q4_K and Q5_K have them.
inline void ReadSixBits(const std::byte* s, size_t g, Group& out) noexcept {
  uint32_t scale, min;
  if (g < 4) {
    scale = Load8(s + g) & 63;
    min = Load8(s + g + 4) & 63;
  } else {
    scale = (Load8(s + g + 4) & 15) | Load8(s + g - 4) >> 6 << 4;
    min = Load8(s + g + 4) >> 4 | Load8(s + g) >> 6 << 4;
  }
  out.scale[0] = out.scale[1] = static_cast<int32_t>(scale);
  out.min[0] = out.min[1] = static_cast<int32_t>(min);
}

// d, dmin, scales and minimums [12], q 4 bits [128]
struct Q4_K : ScaleAndMinimum {
  static constexpr size_t kBytes = 144, kGroups = 8;
  static constexpr int kMaxCode = 15, kMaxScale = 63;
  static void Unpack(const std::byte* b, size_t g, Group& out) noexcept {
    const std::byte* q = b + 16 + 32 * (g / 2);
    for (size_t i = 0; i < kGroup; ++i)
      out.code[i] = static_cast<int8_t>(Load8(q + i) >> 4 * (g % 2) & 15);
    ReadSixBits(b + 4, g, out);
  }
};

// d, dmin, scales and minimums [12], fifth bits [32], q 4 bits [128]
struct Q5_K : ScaleAndMinimum {
  static constexpr size_t kBytes = 176, kGroups = 8;
  static constexpr int kMaxCode = 31, kMaxScale = 63;
  static void Unpack(const std::byte* b, size_t g, Group& out) noexcept {
    const std::byte* q = b + 48 + 32 * (g / 2);
    for (size_t i = 0; i < kGroup; ++i) {
      const uint32_t low = Load8(q + i) >> 4 * (g % 2) & 15;
      const uint32_t high = Load8(b + 16 + i) >> g & 1;
      out.code[i] = static_cast<int8_t>(low | high << 4);
    }
    ReadSixBits(b + 4, g, out);
  }
};

// q low 4 bits [128], high 2 bits [64], i8 scales [16], d
struct Q6_K {
  static constexpr size_t kBytes = 210, kGroups = 8;
  static constexpr int kMaxCode = 32, kMaxScale = 128;
  static constexpr bool kHasMin = false;
  static Scales ReadScales(const std::byte* b) noexcept {
    return {LoadHalf(b + 208), 0};
  }
  static void Unpack(const std::byte* b, size_t g, Group& out) noexcept {
    const size_t quarter = g % 4;
    const std::byte* low = b + 64 * (g / 4) + 32 * (quarter % 2);
    const std::byte* high = b + 128 + 32 * (g / 4);
    for (size_t i = 0; i < kGroup; ++i) {
      const uint32_t code = (Load8(low + i) >> 4 * (quarter / 2) & 15) |
                            (Load8(high + i) >> 2 * quarter & 3) << 4;
      out.code[i] = static_cast<int8_t>(static_cast<int>(code) - 32);
    }
    for (size_t half = 0; half < 2; ++half)
      out.scale[half] = static_cast<int8_t>(b[192 + 2 * g + half]);
  }
};

// d, scales' high 2 bits u16, low 4 bits [4], q [128]
struct IQ4_XS : ScaleInFront {
  static constexpr size_t kBytes = 136, kGroups = 8;
  static constexpr int kMaxCode = 127, kMaxScale = 32;
  static void Unpack(const std::byte* b, size_t g, Group& out) noexcept {
    UnpackNibbles(b + 8 + 16 * g, out.code);
    LookUpIq4(out.code);
    const uint32_t low = Load8(b + 4 + g / 2) >> 4 * (g % 2) & 15;
    const uint32_t high = uint32_t{Load16(b + 2)} >> 2 * g & 3;
    out.scale[0] = out.scale[1] = static_cast<int32_t>(low | high << 4) - 32;
  }
};

}  // namespace tenon::quant

#endif  // TENON_QUANT_H_
