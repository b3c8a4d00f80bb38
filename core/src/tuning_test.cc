#include "tenon/tuning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenon {
namespace {

TEST(Tuning, ItsTextComesBack) {
  const Tuning tuning{2, {{1, 20.125}, {2, 10.5}, {4, 11}}};
  EXPECT_EQ(ToText(tuning), "2: 1=20125 2=10500 4=11000");
  const auto parsed = ParseTuning(ToText(tuning));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->threads, 2u);
  ASSERT_EQ(parsed->samples.size(), 3u);
  EXPECT_EQ(parsed->samples[1].threads, 2u);
  EXPECT_EQ(parsed->samples[1].milliseconds, 10.5);
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
                           "1: 1=1\n2: 1=1"})
    EXPECT_FALSE(ParseTuning(text).has_value()) << text;
}

}  // namespace
}  // namespace tenon
