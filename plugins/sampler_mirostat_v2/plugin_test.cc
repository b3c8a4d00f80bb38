#include <algorithm>
#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/registry.h"
#include "tenon/sampler.h"

namespace tenon {

extern const Plugin kSamplerMirostatV2;

namespace {

constexpr uint32_t kVocab = 200;

std::vector<float> Logits(uint64_t seed) {
  Random random(seed);
  std::vector<float> logits(kVocab);
  for (float& logit : logits) logit = 12 * random.Uniform();
  return logits;
}

// The algorithm as published, in double precision and with its own sums.
class Oracle {
 public:
  Oracle(double tau, double eta, uint64_t seed)
      : tau_(tau), eta_(eta), mu_(2 * tau), random_(seed) {}

  TokenId Sample(const std::vector<float>& logits) {
    const std::vector<double> all = Bits(logits);
    const double limit =
        std::max(mu_, *std::min_element(all.begin(), all.end()));
    std::vector<float> kept = logits;
    for (size_t i = 0; i < kept.size(); ++i)
      if (all[i] > limit) kept[i] = -INFINITY;
    const std::vector<double> bits = Bits(kept);

    const double target = random_.Uniform();
    double reached = 0;
    size_t drawn = 0;
    while ((reached += std::exp2(-bits[drawn])) <= target) ++drawn;
    mu_ -= eta_ * (bits[drawn] - tau_);
    return static_cast<TokenId>(drawn);
  }

 private:
  // -log2 p of each token.
  static std::vector<double> Bits(const std::vector<float>& logits) {
    double sum = 0;
    for (float x : logits) sum += std::exp(double{x});
    std::vector<double> bits;
    for (float x : logits) bits.push_back((std::log(sum) - x) / std::log(2.0));
    return bits;
  }

  double tau_, eta_, mu_;
  Random random_;
};

std::unique_ptr<Sampler> Stage(double tau, double eta) {
  const SamplerOptions options{.numbers = {{"mirostat", 2},
                                           {"mirostat_tau", tau},
                                           {"mirostat_eta", eta}}};
  return AsSampler(kSamplerMirostatV2).create(options, kVocab).value();
}

TokenId Sample(Sampler& stage, const std::vector<float>& logits,
               Random& random) {
  Candidates c;
  c.Fill(logits);
  stage.Apply(c, random);
  return c.chosen;
}

TEST(MirostatV2, AgreesWithTheOracle) {
  for (double tau : {0.5, 2.0, 5.0}) {
    const auto stage = Stage(tau, 0.3);
    Random random(9);
    Oracle oracle(tau, 0.3, 9);
    for (uint64_t step = 0; step < 200; ++step) {
      const std::vector<float> logits = Logits(step);
      ASSERT_EQ(Sample(*stage, logits, random), oracle.Sample(logits))
          << tau << " " << step;
    }
  }
}

TEST(MirostatV2, KeepsTheBestAtLeast) {  // every surprise is above mu = 0
  const auto stage = Stage(0, 0.1);
  Random random(1);
  Candidates c;
  c.Fill(std::vector<float>{1, 3, 3, 2});
  stage->Apply(c, random);
  EXPECT_TRUE(c.chosen == 1 || c.chosen == 2);
}

TEST(MirostatV2, ResetStartsOver) {
  const auto stage = Stage(2, 1);
  std::vector<TokenId> first, second;
  for (auto* out : {&first, &second}) {
    Random random(4);
    for (uint64_t step = 0; step < 20; ++step)
      out->push_back(Sample(*stage, Logits(step), random));
    stage->Reset();
  }
  EXPECT_EQ(first, second);
}

TEST(MirostatV2, IsOffUnlessAskedFor) {
  const auto& create = AsSampler(kSamplerMirostatV2).create;
  EXPECT_EQ(create({}, kVocab).value(), nullptr);
  EXPECT_EQ(create({.numbers = {{"mirostat", 0}}}, kVocab).value(), nullptr);
  EXPECT_EQ(create({.numbers = {{"mirostat", 1}}}, kVocab).status().message(),
            "'mirostat': version 1 is not offered; 0 is off, 2 is version 2");
  EXPECT_EQ(create({.numbers = {{"mirostat", 3}}}, kVocab).status().message(),
            "'mirostat': 3 is not a whole number in [0, 2]");
}

}  // namespace
}  // namespace tenon
