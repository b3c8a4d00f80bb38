#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/registry.h"
#include "tenon/sampler.h"

namespace tenon {

extern const Plugin kSamplerTypicalP;

namespace {

using testing::ElementsAre;

constexpr float kLn2 = 0.693147181f;

std::unique_ptr<Sampler> Stage(double typical_p) {
  const SamplerOptions options{.numbers = {{"typical_p", typical_p}}};
  return AsSampler(kSamplerTypicalP).create(options, 4).value();
}

Status Refusal(double typical_p) {
  const SamplerOptions options{.numbers = {{"typical_p", typical_p}}};
  return AsSampler(kSamplerTypicalP).create(options, 4).status();
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

std::vector<TokenId> Kept(double typical_p, Candidates c = Powers()) {
  Random random(0);
  Stage(typical_p)->Apply(c, random);
  return Ids(c);
}

// The entropy is 1.75 bits; the surprises of tokens 0 to 3 are 3, 1, 3 and 2,
// so the distances are 1.25, 0.75, 1.25 and 0.25: 3 first, then 1, 0, 2.
TEST(TypicalP, TakesTheNearestToTheEntropyFirst) {
  EXPECT_THAT(Kept(0.2), ElementsAre(3));
  EXPECT_THAT(Kept(0.3), ElementsAre(3, 1));
  EXPECT_THAT(Kept(0.7), ElementsAre(3, 1));
  EXPECT_THAT(Kept(0.8), ElementsAre(3, 1, 0));
  EXPECT_THAT(Kept(0.9), ElementsAre(3, 1, 0, 2));
  EXPECT_THAT(Kept(0), ElementsAre(3));
}

TEST(TypicalP, DoesNotDependOnTheOrder) {
  Candidates reversed = Powers();
  std::reverse(reversed.list.begin(), reversed.list.end());
  EXPECT_THAT(Kept(0.8, reversed), ElementsAre(3, 1, 0));
}

TEST(TypicalP, TakesTheImpossibleLast) {
  Candidates c;
  c.Fill(std::vector<float>{-1e30f, 0, -1e30f, 0});
  EXPECT_THAT(Kept(0.99, c), ElementsAre(1, 3));
}

TEST(TypicalP, IsOffAtOne) {
  EXPECT_EQ(Stage(1), nullptr);
  EXPECT_EQ(AsSampler(kSamplerTypicalP).create({}, 4).value(), nullptr);
}

TEST(TypicalP, RefusesWhatIsNoProbability) {
  EXPECT_EQ(Refusal(2).message(), "'typical_p': 2 is outside [0, 1]");
}

}  // namespace
}  // namespace tenon
