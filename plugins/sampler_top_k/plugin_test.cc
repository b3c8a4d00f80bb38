#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/registry.h"
#include "tenon/sampler.h"

namespace tenon {

extern const Plugin kSamplerTopK;

namespace {

using testing::ElementsAre;

std::unique_ptr<Sampler> Stage(double top_k) {
  const SamplerOptions options{.numbers = {{"top_k", top_k}}};
  return AsSampler(kSamplerTopK).create(options, 4).value();
}

Status Refusal(double top_k) {
  const SamplerOptions options{.numbers = {{"top_k", top_k}}};
  return AsSampler(kSamplerTopK).create(options, 4).status();
}

std::vector<TokenId> Ids(const Candidates& candidates) {
  std::vector<TokenId> ids;
  for (const Candidate& c : candidates.list) ids.push_back(c.id);
  return ids;
}

TEST(TopK, KeepsTheBestInOrder) {
  Candidates c;
  c.Fill(std::vector<float>{1, 4, 2, 4});
  Random random(0);
  Stage(3)->Apply(c, random);
  EXPECT_THAT(Ids(c), ElementsAre(1, 3, 2));
  EXPECT_TRUE(c.sorted);
  Stage(1000000)->Apply(c, random);
  EXPECT_THAT(Ids(c), ElementsAre(1, 3, 2));
}

TEST(TopK, IsOffAtZero) {
  EXPECT_EQ(Stage(0), nullptr);
  EXPECT_EQ(AsSampler(kSamplerTopK).create({}, 4).value(), nullptr);
}

TEST(TopK, RefusesNegativesAndFractions) {
  EXPECT_EQ(Refusal(-1).message(),
            "'top_k': -1 is not a whole number in [0, 2147483647]");
  EXPECT_EQ(Refusal(1.5).message(),
            "'top_k': 1.5 is not a whole number in [0, 2147483647]");
}

}  // namespace
}  // namespace tenon
