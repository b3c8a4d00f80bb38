#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/registry.h"
#include "tenon/sampler.h"

namespace tenon {

extern const Plugin kSamplerGreedy;

namespace {

StatusOr<std::unique_ptr<Sampler>> Create(const SamplerOptions& options) {
  return AsSampler(kSamplerGreedy).create(options, 4);
}

TEST(Greedy, TakesTheLowestIdOnATie) {
  Candidates c;
  c.Fill(std::vector<float>{1, 4, 2, 4});
  Random random(0);
  auto greedy = Create({.numbers = {{"temp", 0}}}).value();
  greedy->Apply(c, random);
  EXPECT_EQ(c.chosen, 1);
  std::reverse(c.list.begin(), c.list.end());
  greedy->Apply(c, random);
  EXPECT_EQ(c.chosen, 1);
  EXPECT_EQ(random.state(), 0u);
}

TEST(Greedy, IsOffAboveTemperatureZero) {
  EXPECT_EQ(Create({.numbers = {{"temp", 0.01}}}).value(), nullptr);
  EXPECT_EQ(Create({}).value(), nullptr);
  EXPECT_NE(Create({.numbers = {{"temp", -1}}}).value(), nullptr);
}

}  // namespace
}  // namespace tenon
