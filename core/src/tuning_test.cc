#include "tenon/tuning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace tenon {
namespace {

TEST(Tuning, ItsTextComesBack) {
  const Tuning tuning{{2, {{1, 20.125}, {2, 10.5}, {4, 11}}},
                      {512, {{0, 3}, {512, 2.5}}}};
  EXPECT_EQ(ToText(tuning), "2: 1=20125 2=10500 4=11000; 512: 0=3000 512=2500");
  const auto parsed = ParseTuning(ToText(tuning));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->threads.value, 2u);
  ASSERT_EQ(parsed->threads.samples.size(), 3u);
  EXPECT_EQ(parsed->threads.samples[1].value, 2u);
  EXPECT_EQ(parsed->threads.samples[1].milliseconds, 10.5);
  EXPECT_EQ(parsed->tile_kib.value, 512u);
  ASSERT_EQ(parsed->tile_kib.samples.size(), 2u);
  EXPECT_EQ(parsed->tile_kib.samples[1].milliseconds, 2.5);
}

TEST(Tuning, TilesWithoutALimitHaveNone) {
  EXPECT_EQ(TileBytes(512), 512u * 1024);
  EXPECT_EQ(TileBytes(0), UINT32_MAX);
  EXPECT_EQ(TileBytes(UINT32_MAX), UINT32_MAX);
}

TEST(Tuning, NothingElseIsParsed) {
  for (const char* text : {"",
                           "2",
                           "2:",
                           "2: ",
                           "2: 1=1",
                           ": 1=1",
                           "x: 1=1",
                           "1: 1",
                           "1: 1=",
                           "1: 1=x",
                           "1: 1=-1",
                           "1: 1=nan",
                           "1: 1=1.5",
                           "1: 1=1 ",
                           "1: 1=1  2=1",
                           "2: 2=1",
                           "2: 2=1 1=2",
                           "1: 1=1 1=1",
                           "-1: 1=1",
                           "99999999999: 1=1",
                           "1: 1=1\n2: 1=1"}) {
    EXPECT_FALSE(ParseTuning(text).has_value()) << text;
    EXPECT_FALSE(ParseTuning(absl::StrCat(text, "; 0: 0=1")).has_value());
  }
  ASSERT_TRUE(ParseTuning("1: 1=1; 0: 0=1").has_value());
  for (const char* text :
       {"1: 1=1", "1: 1=1;", "1: 1=1; ", "1: 1=1; 0", "1: 1=1; 0: 512=1",
        "1: 1=1; 512: 0=1", "1: 1=1; 0: 0=1; 0: 0=1", "0: 0=1; 1: 1=1"})
    EXPECT_FALSE(ParseTuning(text).has_value()) << text;
}

}  // namespace
}  // namespace tenon
