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
//   SixBits      96 bytes: vectors 4 h, 4 h + 1, 4 h + 2, each with two bits of
//                vector 4 h + 3 above its own six, from its low bits up
//   Joined       the low bits in one way, the bits above them in another
//   Iq4Nibbles   nibbles that choose among sixteen signed codes
// with
//   kBytes                of four rows
//   Read(p, j)            vector j
//   Write(p, row, code)   the 32 codes of one of four rows
// Bits holds bit kShift of a code.
#ifndef BACKEND_SIMD128_CODES_H_
#define BACKEND_SIMD128_CODES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "backend_simd128/simd.h"
#include "tenon/quant.h"

namespace tenon::simd128 {

// Four columns of a row, a byte each.
inline uint32_t LoadWord(const uint8_t* code) noexcept {
  uint32_t word;
  std::memcpy(&word, code, sizeof(word));
  return word;
}
inline void StoreWord(std::byte* p, uint32_t word) noexcept {
  std::memcpy(p, &word, sizeof(word));
}
// A byte in each byte of a word.
inline constexpr uint32_t kBytesOfOne = 0x01010101u;

// The bits of `mask`, which stand at `from`, moved to `to`.  Neighbouring bytes
// of a 16-bit lane stay apart because of the mask.
TENON_INLINE v128_t MoveBits(v128_t x, int from, int to, int mask) noexcept {
  if (to < from) x = wasm_u16x8_shr(x, static_cast<uint32_t>(from - to));
  if (to > from) x = wasm_i16x8_shl(x, static_cast<uint32_t>(to - from));
  return wasm_v128_and(
      x, Constant(wasm_i8x16_splat(static_cast<int8_t>(mask << to))));
}

struct Bytes {
  static constexpr size_t kBytes = 128;
  TENON_INLINE static v128_t Read(const std::byte* p, size_t j) noexcept {
    return Load(p + 16 * j);
  }
  static void Write(std::byte* p, size_t row, const uint8_t* code) noexcept {
    for (size_t j = 0; j < 8; ++j)
      std::memcpy(p + 16 * j + 4 * row, code + 4 * j, 4);
  }
};

struct Nibbles {
  static constexpr size_t kBytes = 64;
  TENON_INLINE static v128_t Read(const std::byte* p, size_t j) noexcept {
    const v128_t both = Load(p + 16 * (j % 4));
    return MoveBits(both, j < 4 ? 0 : 4, 0, 15);
  }
  static void Write(std::byte* p, size_t row, const uint8_t* code) noexcept {
    constexpr uint32_t kMask = 15 * kBytesOfOne;
    for (size_t j = 0; j < 4; ++j)
      StoreWord(p + 16 * j + 4 * row, (LoadWord(code + 4 * j) & kMask) |
                                          (LoadWord(code + 16 + 4 * j) & kMask)
                                              << 4);
  }
};

struct Crumbs {
  static constexpr size_t kBytes = 32;
  TENON_INLINE static v128_t Read(const std::byte* p, size_t j) noexcept {
    return MoveBits(Load(p + 16 * (j / 4)), static_cast<int>(j % 4 * 2), 0, 3);
  }
  static void Write(std::byte* p, size_t row, const uint8_t* code) noexcept {
    for (size_t half = 0; half < 2; ++half) {
      uint32_t four = 0;
      for (size_t j = 0; j < 4; ++j)
        four |= (LoadWord(code + 16 * half + 4 * j) & 3 * kBytesOfOne) << 2 * j;
      StoreWord(p + 16 * half + 4 * row, four);
    }
  }
};

template <int kShift>
struct Bits {
  static constexpr size_t kBytes = 16;
  TENON_INLINE static v128_t Read(const std::byte* p, size_t j) noexcept {
    return MoveBits(Load(p), static_cast<int>(j), kShift, 1);
  }
  static void Write(std::byte* p, size_t row, const uint8_t* code) noexcept {
    uint32_t eight = 0;
    for (size_t j = 0; j < 8; ++j)
      eight |= (LoadWord(code + 4 * j) >> kShift & kBytesOfOne) << j;
    StoreWord(p + 4 * row, eight);
  }
};

struct SixBits {
  static constexpr size_t kBytes = 96;
  TENON_INLINE static v128_t Read(const std::byte* p, size_t j) noexcept {
    const std::byte* three = p + 48 * (j / 4);
    if (j % 4 < 3) return MoveBits(Load(three + 16 * (j % 4)), 0, 0, 63);
    const v128_t joined =
        wasm_v128_or(wasm_v128_or(wasm_u16x8_shr(Top(three), 4),
                                  wasm_u16x8_shr(Top(three + 16), 2)),
                     Top(three + 32));
    return wasm_u16x8_shr(joined, 2);
  }
  static void Write(std::byte* p, size_t row, const uint8_t* code) noexcept {
    for (size_t half = 0; half < 2; ++half, code += 16)
      for (size_t i = 0; i < 3; ++i) {
        const uint32_t top = LoadWord(code + 12) >> 2 * i & 3 * kBytesOfOne;
        StoreWord(p + 48 * half + 16 * i + 4 * row,
                  (LoadWord(code + 4 * i) & 63 * kBytesOfOne) | top << 6);
      }
  }

 private:
  TENON_INLINE static v128_t Top(const std::byte* p) noexcept {
    return MoveBits(Load(p), 6, 6, 3);
  }
};

template <typename Low, typename High>
struct Joined {
  static constexpr size_t kBytes = Low::kBytes + High::kBytes;
  TENON_INLINE static v128_t Read(const std::byte* p, size_t j) noexcept {
    return wasm_v128_or(Low::Read(p, j), High::Read(p + Low::kBytes, j));
  }
  static void Write(std::byte* p, size_t row, const uint8_t* code) noexcept {
    Low::Write(p, row, code);
    High::Write(p + Low::kBytes, row, code);
  }
};

// Which nibble chooses a code; 0 for bytes that no nibble chooses.
struct Iq4Inverse {
  uint8_t nibble[256] = {};
  constexpr Iq4Inverse() {
    for (size_t i = 0; i < 16; ++i)
      nibble[static_cast<uint8_t>(quant::kIq4Codes[i])] =
          static_cast<uint8_t>(i);
  }
};

// table[index] for each byte; index < 16
TENON_INLINE v128_t LookUp(v128_t table, v128_t index) noexcept {
#if defined(TENON_RELAXED_SIMD)
  return wasm_i8x16_relaxed_swizzle(table, index);
#else
  return wasm_i8x16_swizzle(table, index);
#endif
}

struct Iq4Nibbles {
  static constexpr size_t kBytes = Nibbles::kBytes;
  TENON_INLINE static v128_t Read(const std::byte* p, size_t j) noexcept {
    return LookUp(Load(quant::kIq4Codes), Nibbles::Read(p, j));
  }
  static void Write(std::byte* p, size_t row, const uint8_t* code) noexcept {
    static constexpr Iq4Inverse kInverse;
    uint8_t nibble[32];
    for (size_t c = 0; c < 32; ++c) nibble[c] = kInverse.nibble[code[c]];
    Nibbles::Write(p, row, nibble);
  }
};

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_CODES_H_
