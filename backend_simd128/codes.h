// How the codes of a tile lie in memory.  A tile is 8 rows x 32 columns, in two
// halves of four rows.  In every vector that Read() returns, byte 4 r + i of
// vector j is column 4 j + i of row r:
//
//             byte  0  1  2  3   4  5  6  7   8 ...  12 ...
//   vector 0       r0 c0...c3   r1 c0...c3   r2     r3
//   vector 1       r0 c4...c7   r1 c4...c7   r2     r3
//   ...
//   vector 7       r0 c28..c31  r1 c28..c31  r2     r3
//
// In memory, codes of fewer than eight bits share bytes.  A class of this file
// is one way of sharing:
//   Bytes       128 bytes: the vectors themselves
//   Nibbles      64 bytes: vector j in the low and j + 4 in the high nibbles
//   Crumbs       32 bytes: two bits; vectors 4 h ... 4 h + 3 from bit 0 up
//   Bits         16 bytes: vector j in bit j
//   Joined       the low bits in one way, the bits above them in another
//   Iq4Nibbles   nibbles that choose among sixteen signed codes
// with
//   kBytes                of four rows
//   Read(p)               the eight vectors
//   Write(p, row, code)   the 32 codes of one of four rows, into zeroed bytes
// Crumbs and Bits hold the bits of a code from bit kShift up.
#ifndef BACKEND_SIMD128_CODES_H_
#define BACKEND_SIMD128_CODES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "backend_simd128/simd.h"
#include "tenon/quant.h"

namespace tenon::simd128 {

struct Codes {
  v128_t v[8];
};

inline void OrByte(std::byte* p, unsigned bits) noexcept {
  *p |= static_cast<std::byte>(bits);
}

// The bits of `mask`, which stand at `from`, moved to `to`.  Neighbouring bytes
// of a 16-bit lane stay apart because of the mask.
inline v128_t MoveBits(v128_t x, int from, int to, int mask) noexcept {
  if (to < from) x = wasm_u16x8_shr(x, static_cast<uint32_t>(from - to));
  if (to > from) x = wasm_i16x8_shl(x, static_cast<uint32_t>(to - from));
  return wasm_v128_and(x, wasm_i8x16_splat(static_cast<int8_t>(mask << to)));
}

struct Bytes {
  static constexpr size_t kBytes = 128;
  static Codes Read(const std::byte* p) noexcept {
    Codes c;
    for (size_t j = 0; j < 8; ++j) c.v[j] = Load(p + 16 * j);
    return c;
  }
  static void Write(std::byte* p, size_t row, const uint8_t* code) noexcept {
    for (size_t j = 0; j < 8; ++j)
      std::memcpy(p + 16 * j + 4 * row, code + 4 * j, 4);
  }
};

struct Nibbles {
  static constexpr size_t kBytes = 64;
  static Codes Read(const std::byte* p) noexcept {
    Codes c;
    for (size_t j = 0; j < 4; ++j) {
      const v128_t both = Load(p + 16 * j);
      c.v[j] = MoveBits(both, 0, 0, 15);
      c.v[j + 4] = MoveBits(both, 4, 0, 15);
    }
    return c;
  }
  static void Write(std::byte* p, size_t row, const uint8_t* code) noexcept {
    for (size_t j = 0; j < 4; ++j)
      for (size_t i = 0; i < 4; ++i)
        OrByte(p + 16 * j + 4 * row + i,
               (code[4 * j + i] & 15u) | (code[16 + 4 * j + i] & 15u) << 4);
  }
};

template <int kShift = 0>
struct Crumbs {
  static constexpr size_t kBytes = 32;
  static Codes Read(const std::byte* p) noexcept {
    Codes c;
    for (size_t half = 0; half < 2; ++half) {
      const v128_t four = Load(p + 16 * half);
      c.v[4 * half] = MoveBits(four, 0, kShift, 3);
      c.v[4 * half + 1] = MoveBits(four, 2, kShift, 3);
      c.v[4 * half + 2] = MoveBits(four, 4, kShift, 3);
      c.v[4 * half + 3] = MoveBits(four, 6, kShift, 3);
    }
    return c;
  }
  static void Write(std::byte* p, size_t row, const uint8_t* code) noexcept {
    for (size_t c = 0; c < 32; ++c)
      OrByte(p + 16 * (c / 16) + 4 * row + c % 4, (code[c] >> kShift & 3u)
                                                      << c / 4 % 4 * 2);
  }
};

template <int kShift>
struct Bits {
  static constexpr size_t kBytes = 16;
  static Codes Read(const std::byte* p) noexcept {
    const v128_t eight = Load(p);
    return {{MoveBits(eight, 0, kShift, 1), MoveBits(eight, 1, kShift, 1),
             MoveBits(eight, 2, kShift, 1), MoveBits(eight, 3, kShift, 1),
             MoveBits(eight, 4, kShift, 1), MoveBits(eight, 5, kShift, 1),
             MoveBits(eight, 6, kShift, 1), MoveBits(eight, 7, kShift, 1)}};
  }
  static void Write(std::byte* p, size_t row, const uint8_t* code) noexcept {
    for (size_t c = 0; c < 32; ++c)
      OrByte(p + 4 * row + c % 4, (code[c] >> kShift & 1u) << c / 4);
  }
};

template <typename Low, typename High>
struct Joined {
  static constexpr size_t kBytes = Low::kBytes + High::kBytes;
  static Codes Read(const std::byte* p) noexcept {
    Codes c = Low::Read(p);
    const Codes high = High::Read(p + Low::kBytes);
    for (size_t j = 0; j < 8; ++j) c.v[j] = wasm_v128_or(c.v[j], high.v[j]);
    return c;
  }
  static void Write(std::byte* p, size_t row, const uint8_t* code) noexcept {
    Low::Write(p, row, code);
    High::Write(p + Low::kBytes, row, code);
  }
};

struct Iq4Nibbles {
  static constexpr size_t kBytes = Nibbles::kBytes;
  static Codes Read(const std::byte* p) noexcept {
    const v128_t table = Load(quant::kIq4Codes);
    Codes c = Nibbles::Read(p);
    for (v128_t& v : c.v) v = wasm_i8x16_swizzle(table, v);
    return c;
  }
  static void Write(std::byte* p, size_t row, const uint8_t* code) noexcept {
    uint8_t index[32] = {};
    for (size_t c = 0; c < 32; ++c)
      while (static_cast<uint8_t>(quant::kIq4Codes[index[c]]) != code[c])
        ++index[c];
    Nibbles::Write(p, row, index);
  }
};

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_CODES_H_
