#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/registry.h"
#include "tenon/sampler.h"

namespace tenon {

extern const Plugin kSamplerPenalties;

namespace {

using testing::ElementsAre;

using Numbers = std::map<std::string, double, std::less<>>;

std::unique_ptr<Sampler> Stage(const Numbers& numbers) {
  return AsSampler(kSamplerPenalties).create({.numbers = numbers}, 4).value();
}

// The logits 2, -3, 1, 0 after the stage.
std::vector<float> Apply(Sampler& stage) {
  Candidates c;
  c.Fill(std::vector<float>{2, -3, 1, 0});
  Random random(0);
  stage.Apply(c, random);
  std::vector<float> logits;
  for (const Candidate& candidate : c.list) logits.push_back(candidate.logit);
  return logits;
}

void Accept(Sampler& stage, std::initializer_list<TokenId> ids) {
  for (TokenId id : ids) stage.Accept(id);
}

TEST(Penalties, RepeatCountsOnceAndPushesBothSignsDown) {
  const auto stage = Stage({{"repeat_penalty", 2}});
  EXPECT_THAT(Apply(*stage), ElementsAre(2, -3, 1, 0));
  Accept(*stage, {0, 1, 1, 3});
  EXPECT_THAT(Apply(*stage), ElementsAre(1, -6, 1, 0));
}

TEST(Penalties, FrequencyCountsEachOccurrence) {
  const auto stage = Stage({{"frequency_penalty", 0.5}});
  Accept(*stage, {0, 1, 1, 1, 3});
  EXPECT_THAT(Apply(*stage), ElementsAre(1.5f, -4.5f, 1, -0.5f));
}

TEST(Penalties, PresenceCountsOnce) {
  const auto stage = Stage({{"presence_penalty", -0.25}});
  Accept(*stage, {0, 1, 1, 1});
  EXPECT_THAT(Apply(*stage), ElementsAre(2.25f, -2.75f, 1, 0));
}

TEST(Penalties, RepeatComesFirst) {  // 2 / 2 - 2 * 0.5 - 0.25
  const auto stage = Stage({{"repeat_penalty", 2},
                            {"frequency_penalty", 0.5},
                            {"presence_penalty", 0.25}});
  Accept(*stage, {0, 0});
  EXPECT_THAT(Apply(*stage), ElementsAre(-0.25f, -3, 1, 0));
}

TEST(Penalties, ForgetsWhatLeavesTheWindow) {
  const auto stage = Stage({{"frequency_penalty", 1}, {"repeat_last_n", 3}});
  Accept(*stage, {0, 0, 0});
  EXPECT_THAT(Apply(*stage), ElementsAre(-1, -3, 1, 0));
  Accept(*stage, {1, 2});
  EXPECT_THAT(Apply(*stage), ElementsAre(1, -4, 0, 0));
  Accept(*stage, {1, 1});
  EXPECT_THAT(Apply(*stage), ElementsAre(2, -5, 0, 0));
}

TEST(Penalties, RemembersSixtyFourTokensByDefault) {
  const auto stage = Stage({{"frequency_penalty", 1}});
  stage->Accept(0);
  for (int i = 0; i < 63; ++i) stage->Accept(1);
  EXPECT_THAT(Apply(*stage), ElementsAre(1, -66, 1, 0));
  stage->Accept(1);
  EXPECT_THAT(Apply(*stage), ElementsAre(2, -67, 1, 0));
}

TEST(Penalties, RemembersTheWholeText) {
  const auto stage = Stage({{"frequency_penalty", 1}, {"repeat_last_n", -1}});
  for (int i = 0; i < 1000; ++i) stage->Accept(2);
  EXPECT_THAT(Apply(*stage), ElementsAre(2, -3, -999, 0));
}

TEST(Penalties, ResetForgets) {
  const auto stage = Stage({{"frequency_penalty", 1}, {"repeat_last_n", 2}});
  Accept(*stage, {0, 1, 2});
  stage->Reset();
  EXPECT_THAT(Apply(*stage), ElementsAre(2, -3, 1, 0));
  Accept(*stage, {3, 3, 0});
  EXPECT_THAT(Apply(*stage), ElementsAre(1, -3, 1, -1));
}

TEST(Penalties, IgnoresForeignTokens) {
  const auto stage = Stage({{"repeat_penalty", 2}});
  Accept(*stage, {-1, 4, 1000000});
  EXPECT_THAT(Apply(*stage), ElementsAre(2, -3, 1, 0));
}

TEST(Penalties, IsOffWhenNeutralOrWithoutAWindow) {
  EXPECT_EQ(Stage({}), nullptr);
  EXPECT_EQ(Stage({{"repeat_penalty", 1}, {"repeat_last_n", 5}}), nullptr);
  EXPECT_EQ(Stage({{"repeat_penalty", 2}, {"repeat_last_n", 0}}), nullptr);
}

TEST(Penalties, RefusesWhatIsOutOfRange) {
  for (const auto& [name, value] : Numbers{{"repeat_penalty", 0},
                                           {"repeat_last_n", -2},
                                           {"frequency_penalty", 1e9},
                                           {"presence_penalty", -101}}) {
    const Status status = AsSampler(kSamplerPenalties)
                              .create({.numbers = {{name, value}}}, 4)
                              .status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_TRUE(status.message().starts_with("'" + name + "'")) << status;
  }
}

}  // namespace
}  // namespace tenon
