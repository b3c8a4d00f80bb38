// Values that implementations of XXH64 in other languages test themselves with.
#include <gtest/gtest.h>

#include <numeric>
#include <string_view>
#include <vector>

#include "tenon/model_file.h"

namespace tenon {
namespace {

uint64_t Of(std::string_view text) {
  return ChecksumOf(std::as_bytes(std::span(text)));
}

TEST(Checksum, HasTheValuesOfOthers) {
  EXPECT_EQ(Of(""), 0xef46db3751d8e999u);
  EXPECT_EQ(Of("a"), 0xd24ec4f1a98c6e5bu);
  EXPECT_EQ(Of("as"), 0x1c330fb2d66be179u);
  EXPECT_EQ(Of("asd"), 0x631c37ce72a97393u);
  EXPECT_EQ(Of("asdf"), 0x415872f599cea71eu);
  EXPECT_EQ(
      Of("Call me Ishmael. Some years ago--never mind how long precisely-"),
      0x02a2e85470d6fd96u);
}

TEST(Checksum, ComesFromPiecesOfAnySize) {
  std::vector<uint8_t> bytes(200);
  std::iota(bytes.begin(), bytes.end(), uint8_t{7});
  const auto all = std::as_bytes(std::span(bytes));
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    Checksum checksum;
    checksum.Add(all.first(cut));
    EXPECT_EQ(checksum.value(), ChecksumOf(all.first(cut)));
    checksum.Add(all.subspan(cut));
    EXPECT_EQ(checksum.value(), ChecksumOf(all));
  }
}

}  // namespace
}  // namespace tenon
