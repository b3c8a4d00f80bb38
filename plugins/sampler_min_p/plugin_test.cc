#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/registry.h"
#include "tenon/sampler.h"

namespace tenon {

extern const Plugin kSamplerMinP;

namespace {

using testing::ElementsAre;

constexpr float kLn2 = 0.693147181f;

std::unique_ptr<Sampler> Stage(double min_p) {
  const SamplerOptions options{.numbers = {{"min_p", min_p}}};
  return AsSampler(kSamplerMinP).create(options, 4).value();
}

Status Refusal(double min_p) {
  const SamplerOptions options{.numbers = {{"min_p", min_p}}};
  return AsSampler(kSamplerMinP).create(options, 4).status();
}

std::vector<TokenId> Ids(const Candidates& candidates) {
  std::vector<TokenId> ids;
  for (const Candidate& c : candidates.list) ids.push_back(c.id);
  return ids;
}

// Probabilities 1/8, 1/2, 1/8, 1/4.
Candidates Powers() {
  Candidates candidates;
  candidates.Fill(std::vector<float>{-3 * kLn2, -kLn2, -3 * kLn2, -2 * kLn2});
  return candidates;
}

std::vector<TokenId> Kept(double min_p) {
  Candidates c = Powers();
  Random random(0);
  Stage(min_p)->Apply(c, random);
  return Ids(c);
}

TEST(MinP, DropsWhatIsLessLikelyThanTheShareOfTheBest) {
  EXPECT_THAT(Kept(0.2), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(Kept(0.26), ElementsAre(1, 3));
  EXPECT_THAT(Kept(0.49), ElementsAre(1, 3));
  EXPECT_THAT(Kept(0.51), ElementsAre(1));
  EXPECT_THAT(Kept(1), ElementsAre(1));
}

TEST(MinP, IsOffAtZero) {
  EXPECT_EQ(Stage(0), nullptr);
  EXPECT_EQ(AsSampler(kSamplerMinP).create({}, 4).value(), nullptr);
}

TEST(MinP, RefusesWhatIsNoProbability) {
  EXPECT_EQ(Refusal(-1).message(), "'min_p': -1 is outside [0, 1]");
}

}  // namespace
}  // namespace tenon
