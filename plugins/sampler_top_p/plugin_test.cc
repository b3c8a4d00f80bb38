#include <algorithm>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/registry.h"
#include "tenon/sampler.h"

namespace tenon {

extern const Plugin kSamplerTopP;

namespace {

using testing::ElementsAre;

constexpr float kLn2 = 0.693147181f;

std::unique_ptr<Sampler> Stage(double top_p) {
  const SamplerOptions options{.numbers = {{"top_p", top_p}}};
  return AsSampler(kSamplerTopP).create(options, 4).value();
}

Status Refusal(double top_p) {
  const SamplerOptions options{.numbers = {{"top_p", top_p}}};
  return AsSampler(kSamplerTopP).create(options, 4).status();
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

std::vector<TokenId> Kept(double top_p) {
  Candidates c = Powers();
  Random random(0);
  Stage(top_p)->Apply(c, random);
  return Ids(c);
}

TEST(TopP, KeepsTheFewestThatReachTheMass) {
  EXPECT_THAT(Kept(0.7), ElementsAre(1, 3));
  EXPECT_THAT(Kept(0.8), ElementsAre(1, 3, 0));
  EXPECT_THAT(Kept(0.9), ElementsAre(1, 3, 0, 2));
  EXPECT_THAT(Kept(0.4), ElementsAre(1));
}

TEST(TopP, KeepsTheBestAtZero) { EXPECT_THAT(Kept(0), ElementsAre(1)); }

TEST(TopP, IsOffAtOne) {
  EXPECT_EQ(Stage(1), nullptr);
  EXPECT_EQ(AsSampler(kSamplerTopP).create({}, 4).value(), nullptr);
}

TEST(TopP, RefusesWhatIsNoProbability) {
  EXPECT_EQ(Refusal(1.01).message(), "'top_p': 1.01 is outside [0, 1]");
  EXPECT_EQ(Refusal(-0.1).message(), "'top_p': -0.1 is outside [0, 1]");
}

// p = 1/n each: the ids 0, 1, 2, ... until k/n >= top_p.
TEST(TopP, KeepsLowIdsOfAFlatDistribution) {
  Candidates c;
  c.Fill(std::vector<float>(1024, 3.0f));
  std::reverse(c.list.begin(), c.list.end());
  Random random(0);
  Stage(0.5)->Apply(c, random);
  ASSERT_EQ(c.list.size(), 512u);
  for (TokenId id = 0; id < 512; ++id) ASSERT_EQ(c.list[size_t(id)].id, id);
}

// The definition: sort all, and add up.
std::vector<TokenId> Nucleus(Candidates c, float top_p) {
  c.Softmax();
  std::ranges::sort(c.list, Better);
  float sum = 0;
  size_t n = 0;
  while (n < c.list.size() && sum < top_p) sum += c.list[n++].p;
  c.Truncate(std::max<size_t>(n, 1));
  return Ids(c);
}

TEST(TopP, KeepsWhatSortingEverythingWould) {
  for (float spread : {0.0f, 0.01f, 1.0f, 30.0f, 1e30f}) {
    Random random(5);
    std::vector<float> logits(5000);
    for (float& logit : logits) logit = spread * random.Uniform();
    for (float top_p : {0.0f, 0.001f, 0.5f, 0.95f, 0.9999f, 0.9999999f}) {
      Candidates c;
      c.Fill(logits);
      Stage(top_p)->Apply(c, random);
      Candidates all;
      all.Fill(logits);
      EXPECT_EQ(Ids(c), Nucleus(all, top_p)) << spread << " " << top_p;
    }
  }
}

TEST(TopP, BearsInfiniteLogits) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  for (const auto& [logits, kept] :
       {std::pair(std::vector{1.0f, kInf, kInf, 0.0f}, 2u),
        std::pair(std::vector{-kInf, 2.0f, -kInf, -kInf}, 1u),
        std::pair(std::vector(4, -kInf), 4u)}) {
    Candidates c;
    c.Fill(logits);
    Random random(0);
    Stage(0.9)->Apply(c, random);
    EXPECT_EQ(c.list.size(), kept);
  }
}

}  // namespace
}  // namespace tenon
