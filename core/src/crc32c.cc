#include <cstring>
#include <string_view>

#include "tenon/model_file.h"

#ifndef __EMSCRIPTEN__
#include "absl/crc/crc32c.h"
#endif

namespace tenon {

#ifdef __EMSCRIPTEN__

// WebAssembly has no instruction for it, and what Abseil does without one took
// more than half of the time to load a packed file.
namespace {

constexpr uint32_t kPolynomial = 0x82f63b78;  // reflected
constexpr size_t kStride = 16;                // bytes at a time

// of[k][b]: the remainder of byte b followed by k zeros.
struct Tables {
  uint32_t of[kStride][256];

  Tables() {
    for (uint32_t b = 0; b < 256; ++b) {
      uint32_t r = b;
      for (int bit = 0; bit < 8; ++bit) r = r >> 1 ^ (r & 1 ? kPolynomial : 0);
      of[0][b] = r;
    }
    for (size_t k = 1; k < kStride; ++k)
      for (size_t b = 0; b < 256; ++b)
        of[k][b] = of[k - 1][b] >> 8 ^ of[0][of[k - 1][b] & 255];
  }

  // The remainder of four bytes followed by k zeros.
  uint32_t OfWord(uint32_t word, size_t k) const {
    return of[k + 3][word & 255] ^ of[k + 2][word >> 8 & 255] ^
           of[k + 1][word >> 16 & 255] ^ of[k][word >> 24];
  }
};

}  // namespace

uint32_t ExtendCrc32c(uint32_t crc32c, std::span<const std::byte> bytes) {
  static const Tables tables;
  const std::byte* p = bytes.data();
  size_t left = bytes.size();
  uint32_t r = ~crc32c;
  for (; left >= kStride; left -= kStride, p += kStride) {
    uint32_t word[4];
    std::memcpy(word, p, sizeof(word));
    r = tables.OfWord(word[0] ^ r, 12) ^ tables.OfWord(word[1], 8) ^
        tables.OfWord(word[2], 4) ^ tables.OfWord(word[3], 0);
  }
  for (; left > 0; --left, ++p)
    r = r >> 8 ^ tables.of[0][(r ^ static_cast<uint32_t>(*p)) & 255];
  return ~r;
}

#else

uint32_t ExtendCrc32c(uint32_t crc32c, std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                              bytes.size());
  return static_cast<uint32_t>(
      absl::ExtendCrc32c(absl::crc32c_t{crc32c}, text));
}

#endif

}  // namespace tenon
