#include "file_gguf/cursor.h"

#include <array>
#include <cstdint>
#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tenon::gguf {
namespace {

constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

std::span<const std::byte> AsBytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

Cursor Over(std::string_view text) {
  return Cursor("f", AsBytes(text), text.size());
}

TEST(CheckedArithmetic, IsExactOrNothing) {
  static_assert(CheckedAdd(kMax - 1, 1) == kMax);
  static_assert(!CheckedAdd(kMax, 1));
  static_assert(CheckedMultiply(kMax / 2, 2) == kMax - 1);
  static_assert(!CheckedMultiply(kMax / 2 + 1, 2));
  static_assert(!CheckedMultiply(uint64_t{1} << 32, uint64_t{1} << 32));
  static_assert(CheckedMultiply(kMax, 0) == 0);
  static_assert(CheckedMultiply(0, kMax) == 0);
}

TEST(Cursor, ReadsLittleEndianNumbers) {
  Cursor cursor = Over("\x01\x02\x03\x04\xff\xfe");
  EXPECT_EQ(*cursor.Number<uint32_t>({"x"}), 0x04030201u);
  EXPECT_EQ(*cursor.Number<int16_t>({"x"}), -257);
  EXPECT_EQ(cursor.position(), 6u);
  EXPECT_EQ(cursor.remaining(), 0u);
}

TEST(Cursor, AReadThatFailsMovesNothing) {
  Cursor cursor = Over("abc");
  const auto number = cursor.Number<uint32_t>({"dims", 1});
  EXPECT_TRUE(absl::IsInvalidArgument(number.status()));
  EXPECT_EQ(number.status().message(),
            "f: dims[1] at byte 0: needs 4 bytes, but the file ends 3 bytes "
            "further on");
  EXPECT_EQ(cursor.position(), 0u);
  EXPECT_EQ(cursor.wanted(), 0u);
}

TEST(Cursor, AsksForMoreInsideTheFile) {
  Cursor cursor("f", AsBytes("abc"), 100);
  EXPECT_FALSE(cursor.Number<uint32_t>({"x"}).ok());
  EXPECT_EQ(cursor.wanted(), 4u);
}

TEST(Cursor, NamesWhatItIsIn) {
  Cursor cursor = Over("abc");
  cursor.Enter("tensor", "t");
  EXPECT_EQ(cursor.Error({"dims", 1}, 9, "is bad").message(),
            "f: tensor 't' dims[1] at byte 9: is bad");
  const std::string long_name(200, 'x');
  cursor.Enter("tensor", long_name);
  EXPECT_EQ(cursor.Error({"type"}, 9, "is bad").message(),
            "f: tensor '" + std::string(100, 'x') +
                "...' type at byte 9: "
                "is bad");
  cursor.Leave();
  EXPECT_EQ(cursor.Error({"type"}, 9, "is bad").message(),
            "f: type at byte 9: is bad");
}

TEST(Cursor, Strings) {
  const std::string bytes("\3\0\0\0\0\0\0\0a\nc\0", 12);
  Cursor cursor = Over(bytes);
  const auto text = cursor.String({"x"}, 3);
  EXPECT_EQ(*text, "a\nc");
  EXPECT_EQ(text->data(), bytes.data() + 8);
  EXPECT_EQ(cursor.PositionOf(*text), 8u);

  Cursor too_long = Over(bytes);
  EXPECT_EQ(too_long.String({"x"}, 2).status().message(),
            "f: x at byte 0: is 3 bytes long; at most 2 are allowed");
  Cursor not_a_name = Over(bytes);
  EXPECT_EQ(not_a_name.Name({"x"}, 3).status().message(),
            "f: x at byte 0: has a control character, 10, at index 1");
  Cursor empty = Over(std::string_view("\0\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(empty.Name({"x"}, 3).status().message(),
            "f: x at byte 0: is empty");
}

TEST(Cursor, ArraysWhoseSizeWouldWrap) {
  Cursor cursor = Over("abcd");
  // 8 * (2^61 + 1) is 8, modulo 2^64.
  const auto array = cursor.Array({"x"}, (uint64_t{1} << 61) + 1, 8);
  EXPECT_EQ(array.status().message(),
            "f: x at byte 0: 2305843009213693953 elements of 8 bytes each do "
            "not fit in the 4 bytes up to the end of the file");
  EXPECT_EQ(cursor.Array({"x"}, 2, 2)->size(), 4u);
}

TEST(Cursor, CountsThatTheFileHasNoRoomFor) {
  const std::string_view bytes("\2\0\0\0\0\0\0\0abcdef", 14);
  EXPECT_EQ(*Over(bytes).Count({"n"}, 2, 3), 2u);
  EXPECT_EQ(Over(bytes).Count({"n"}, 2, 4).status().message(),
            "f: n at byte 0: 2 of at least 4 bytes each do not fit in the 6 "
            "bytes up to the end of the file");
  EXPECT_EQ(Over(bytes).Count({"n"}, 1, 1).status().message(),
            "f: n at byte 0: 2 is too many; at most 1 are allowed");
}

}  // namespace
}  // namespace tenon::gguf
