// Values of RFC 3720, appendix B.4, and the check value of the catalogues.
#include <gtest/gtest.h>

#include <numeric>
#include <string_view>
#include <vector>

#include "tenon/model_file.h"

namespace tenon {
namespace {

uint32_t Of(const std::vector<uint8_t>& bytes) {
  return ExtendCrc32c(0, std::as_bytes(std::span(bytes)));
}

TEST(Crc32c, HasTheValuesOfTheStandard) {
  EXPECT_EQ(Of({}), 0u);
  constexpr std::string_view digits = "123456789";
  EXPECT_EQ(Of({digits.begin(), digits.end()}), 0xe3069283u);
  EXPECT_EQ(Of(std::vector<uint8_t>(32, 0)), 0x8a9136aau);
  EXPECT_EQ(Of(std::vector<uint8_t>(32, 0xff)), 0x62a8ab43u);
  std::vector<uint8_t> rising(32);
  std::iota(rising.begin(), rising.end(), uint8_t{0});
  EXPECT_EQ(Of(rising), 0x46dd794eu);
  EXPECT_EQ(Of({rising.rbegin(), rising.rend()}), 0x113fdb5cu);
}

TEST(Crc32c, ExtendsByPiecesOfAnySize) {
  std::vector<uint8_t> bytes(100);
  std::iota(bytes.begin(), bytes.end(), uint8_t{7});
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    const auto all = std::as_bytes(std::span(bytes));
    EXPECT_EQ(ExtendCrc32c(ExtendCrc32c(0, all.first(cut)), all.subspan(cut)),
              Of(bytes));
  }
}

}  // namespace
}  // namespace tenon
