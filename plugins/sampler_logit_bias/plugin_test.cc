#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/registry.h"
#include "tenon/sampler.h"

namespace tenon {

extern const Plugin kSamplerLogitBias;

namespace {

using testing::ElementsAre;

StatusOr<std::unique_ptr<Sampler>> Create(std::map<TokenId, float> bias) {
  return AsSampler(kSamplerLogitBias).create({.logit_bias = bias}, 4);
}

constexpr float kInf = std::numeric_limits<float>::infinity();

TEST(LogitBias, AddsByIdWhateverTheOrder) {
  Candidates c;
  c.Fill(std::vector<float>{1, 2, 3, 4});
  c.KeepBest(3);
  Random random(0);
  Create({{0, 50}, {1, 0.5f}, {3, -kInf}}).value()->Apply(c, random);
  std::vector<float> logits;
  for (const Candidate& candidate : c.list) logits.push_back(candidate.logit);
  EXPECT_THAT(logits, ElementsAre(-kInf, 3, 2.5f));
  EXPECT_FALSE(c.sorted);
}

TEST(LogitBias, IsOffWithoutAny) { EXPECT_EQ(Create({}).value(), nullptr); }

TEST(LogitBias, RefusesForeignTokensAndWhatIsNotANumber) {
  EXPECT_EQ(Create({{4, 1}}).status().message(),
            "'logit_bias': token 4 is not in the vocabulary of 4");
  EXPECT_EQ(Create({{-1, 1}}).status().message(),
            "'logit_bias': token -1 is not in the vocabulary of 4");
  EXPECT_EQ(Create({{2, kInf}}).status().message(),
            "'logit_bias': inf for token 2 is not a finite number");
  EXPECT_FALSE(Create({{2, kInf - kInf}}).ok());
}

}  // namespace
}  // namespace tenon
