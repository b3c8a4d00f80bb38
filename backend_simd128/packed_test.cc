#include "backend_simd128/packed.h"

#include <gtest/gtest.h>

#include <vector>

namespace tenon::simd128 {
namespace {

// The rows of a tile's upper half have all of so many codes, or 128 of them.
template <typename Way>
void ExpectRoundTrip(unsigned codes) {
  std::vector<std::byte> tile(Way::kBytes);
  const auto code_of = [&](size_t row, size_t c) {
    return static_cast<uint8_t>((32 * row + c) * 5 % codes);
  };
  for (size_t row = 0; row < 4; ++row) {
    uint8_t code[32];
    for (size_t c = 0; c < 32; ++c) code[c] = code_of(row, c);
    Way::Write(tile.data(), row, code);
  }
  for (size_t c = 0; c < 32; ++c) {
    uint8_t bytes[16];
    Store(bytes, Way::Read(tile.data(), c / 4));
    for (size_t row = 0; row < 4; ++row)
      EXPECT_EQ(bytes[4 * row + c % 4], code_of(row, c)) << row << " " << c;
  }
}

TEST(Codes, AreReadAsTheyWereWritten) {
  ExpectRoundTrip<Bytes>(256);
  ExpectRoundTrip<Nibbles>(16);
  ExpectRoundTrip<Crumbs>(4);
  ExpectRoundTrip<Joined<Crumbs, Bits<2>>>(8);
  ExpectRoundTrip<Joined<Nibbles, Bits<4>>>(32);
  ExpectRoundTrip<SixBits>(64);
}

// The bits of vector 3's code 0b110110 lie above those of vectors 0, 1 and 2.
TEST(SixBits, HoldFourCodesInThreeBytes) {
  std::vector<std::byte> tile(SixBits::kBytes);
  uint8_t code[32] = {};
  code[1] = 5;
  code[13] = 0b110110;
  SixBits::Write(tile.data(), 2, code);
  EXPECT_EQ(tile[8 + 1], std::byte{0b10'000101});
  EXPECT_EQ(tile[16 + 8 + 1], std::byte{0b01'000000});
  EXPECT_EQ(tile[32 + 8 + 1], std::byte{0b11'000000});
}

TEST(Iq4Nibbles, AreLookedUp) {
  std::vector<std::byte> tile(Iq4Nibbles::kBytes);
  uint8_t code[32];
  for (size_t c = 0; c < 32; ++c)
    code[c] = static_cast<uint8_t>(quant::kIq4Codes[c % 16]);
  Iq4Nibbles::Write(tile.data(), 2, code);
  for (size_t c = 0; c < 32; ++c) {
    uint8_t bytes[16];
    Store(bytes, Iq4Nibbles::Read(tile.data(), c / 4));
    EXPECT_EQ(bytes[8 + c % 4], code[c]);
  }
}

// Nine rows of Q4_0 with one block each: two row groups of 8 halves and a tile
// of 128 bytes.  The nibbles of a file's block, 16 bytes, lie in a tile as they
// are, four of them every 16 bytes.
TEST(Pack, LaysOutQ4_0) {
  std::vector<std::byte> source;
  for (unsigned row = 0; row < 9; ++row) {
    source.insert(source.end(), {std::byte{0x12}, std::byte(0x30 + row)});
    for (unsigned i = 0; i < 16; ++i)
      source.push_back(static_cast<std::byte>(16 * row + i));
  }
  const PackedLayout& layout = kRows8<quant::Q4_0>;
  EXPECT_STREQ(layout.id, "q4_0_rows8");
  ASSERT_EQ(layout.bytes(DType::kQ4_0, 9, 32), 320u);  // 288, in whole lines
  std::vector<std::byte> packed(320, std::byte{0xff});
  layout.pack(DType::kQ4_0, 9, 32, 0, 9, source.data(), packed.data());
  EXPECT_EQ(packed[2 * 3], std::byte{0x12});
  EXPECT_EQ(packed[2 * 3 + 1], std::byte{0x33});
  // Row 5 is row 1 of the second half tile; its bytes 8 to 11 are in vector 2.
  for (unsigned i = 0; i < 4; ++i)
    EXPECT_EQ(packed[16 + 64 + 2 * 16 + 4 + i], std::byte(16 * 5 + 8 + i));
  // Row 8 is the only one of its group.
  EXPECT_EQ(packed[144 + 1], std::byte{0x38});
  EXPECT_EQ(packed[144 + 3], std::byte{0});
}

TEST(Pack, TakesNoMoreThanTheFile) {
  EXPECT_EQ(PackedBlock<quant::Q4_0>::kBytes, 8 * quant::Q4_0::kBytes);
  EXPECT_EQ(PackedBlock<quant::Q8_0>::kBytes, 8 * quant::Q8_0::kBytes);
  EXPECT_EQ(PackedBlock<quant::Q5_1>::kBytes, 8 * quant::Q5_1::kBytes);
  EXPECT_EQ(PackedBlock<quant::Q6_K>::kBytes, 8 * quant::Q6_K::kBytes);
  // Scales of six bits take bytes: 3 % more.
  EXPECT_EQ(PackedBlock<quant::Q4_K>::kBytes, 8 * quant::Q4_K::kBytes + 32);
}

}  // namespace
}  // namespace tenon::simd128
