#include "src/hazards.h"

#include <gtest/gtest.h>

namespace tenon {
namespace {

Region Read(size_t begin, size_t end) {
  return {Region::kArena, begin, end, false};
}
Region Write(size_t begin, size_t end) {
  return {Region::kArena, begin, end, true};
}

TEST(Hazards, IndependentStepsShareAGroup) {
  Hazards hazards;
  EXPECT_FALSE(hazards.NeedsBarrier({Read(0, 64), Write(64, 128)}));
  EXPECT_FALSE(hazards.NeedsBarrier({Read(0, 64), Write(128, 192)}));
}

TEST(Hazards, ReadingWhatAnEarlierStepWrites) {
  Hazards hazards;
  EXPECT_FALSE(hazards.NeedsBarrier({Write(0, 64)}));
  EXPECT_TRUE(hazards.NeedsBarrier({Read(63, 64), Write(64, 128)}));
}

TEST(Hazards, OverwritingWhatAnEarlierStepReads) {
  Hazards hazards;
  EXPECT_FALSE(hazards.NeedsBarrier({Read(0, 64), Write(64, 128)}));
  EXPECT_TRUE(hazards.NeedsBarrier({Read(200, 264), Write(0, 64)}));
}

TEST(Hazards, ABarrierSettlesWhatCameBefore) {
  Hazards hazards;
  EXPECT_FALSE(hazards.NeedsBarrier({Write(0, 64)}));
  EXPECT_TRUE(hazards.NeedsBarrier({Read(0, 64), Write(64, 128)}));
  EXPECT_FALSE(hazards.NeedsBarrier({Read(0, 64), Write(128, 192)}));
}

TEST(Hazards, StatesAreSpacesOfTheirOwn) {
  Hazards hazards;
  EXPECT_FALSE(hazards.NeedsBarrier({{0, 0, 1, true}}));
  EXPECT_FALSE(hazards.NeedsBarrier({{1, 0, 1, true}}));
  EXPECT_TRUE(hazards.NeedsBarrier({{0, 0, 1, false}}));
}

}  // namespace
}  // namespace tenon
