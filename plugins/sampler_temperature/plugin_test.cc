#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/registry.h"
#include "tenon/sampler.h"

namespace tenon {

extern const Plugin kSamplerTemperature;

namespace {

using testing::ElementsAre;

std::unique_ptr<Sampler> Stage(double temp) {
  const SamplerOptions options{.numbers = {{"temp", temp}}};
  return AsSampler(kSamplerTemperature).create(options, 4).value();
}

Status Refusal(double temp) {
  const SamplerOptions options{.numbers = {{"temp", temp}}};
  return AsSampler(kSamplerTemperature).create(options, 4).status();
}

std::vector<float> Probabilities(double temp, std::vector<float> logits) {
  Candidates c;
  c.Fill(logits);
  Random random(0);
  Stage(temp)->Apply(c, random);
  c.Softmax();
  std::vector<float> p;
  for (const Candidate& candidate : c.list) p.push_back(candidate.p);
  return p;
}

// e^(x / temp) over the sum, for x = ln 1, ln 2.
TEST(Temperature, RaisesProbabilitiesToItsInverse) {
  const std::vector<float> sharp = Probabilities(0.5, {0, 0.693147181f});
  EXPECT_FLOAT_EQ(sharp[0], 0.2f);  // 1 : 4
  EXPECT_FLOAT_EQ(sharp[1], 0.8f);
  const std::vector<float> even = Probabilities(2, {0, 1.386294361f});
  EXPECT_FLOAT_EQ(even[0], 1 / 3.0f);  // 1 : sqrt(4)
  EXPECT_FLOAT_EQ(even[1], 2 / 3.0f);
}

TEST(Temperature, LeavesOnlyTheBestNearZero) {
  for (double temp : {1e-60, 0.0, -1.0})
    EXPECT_THAT(Probabilities(temp, {5, 1e30f, -1e30f}), ElementsAre(0, 1, 0));
}

TEST(Temperature, IsOffAtOne) {
  EXPECT_EQ(Stage(1), nullptr);
  EXPECT_EQ(AsSampler(kSamplerTemperature).create({}, 4).value(), nullptr);
}

TEST(Temperature, RefusesWhatIsNotFinite) {
  EXPECT_EQ(Refusal(1e300).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Refusal(0.0 / 0.0).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tenon
