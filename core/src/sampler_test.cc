#include "tenon/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tenon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Candidates Of(std::vector<float> logits) {
  Candidates candidates;
  candidates.Fill(logits);
  return candidates;
}

std::vector<TokenId> Ids(const Candidates& candidates) {
  std::vector<TokenId> ids;
  for (const Candidate& c : candidates.list) ids.push_back(c.id);
  return ids;
}

// Many logits with ties.
Candidates Many(size_t n) {
  std::vector<float> logits(n);
  for (size_t i = 0; i < n; ++i)
    logits[i] = static_cast<float>((i * 7919) % (n / 3 + 1)) * 0.01f;
  return Of(logits);
}

void Shuffle(Candidates& candidates, uint64_t seed) {
  Random random(seed);
  for (size_t i = candidates.list.size(); i > 1; --i)
    std::swap(candidates.list[i - 1], candidates.list[random.Next() % i]);
}

TEST(Random, IsSplitMix64) {  // published values
  Random zero(0);
  EXPECT_EQ(zero.Next(), 0xe220a8397b1dcdafu);
  EXPECT_EQ(zero.Next(), 0x6e789e6aa1b965f4u);
  EXPECT_EQ(zero.Next(), 0x06c45d188009454fu);
  Random other(1234567);
  EXPECT_EQ(other.Next(), 6457827717110365317u);
  EXPECT_EQ(other.Next(), 3203168211198807973u);
}

TEST(Random, UniformIsTheUpper24Bits) {
  EXPECT_EQ(Random(0).Uniform(), static_cast<float>(0xe220a8) / 16777216.0f);
}

TEST(Candidates, FillTakesNanForImpossible) {
  const Candidates c = Of({1, kNan, kInf, -kInf});
  EXPECT_EQ(c.list[1].logit, -kInf);
  EXPECT_EQ(c.list[2].logit, kInf);
  EXPECT_EQ(c.list[3].logit, -kInf);
  EXPECT_THAT(Ids(c), ElementsAre(0, 1, 2, 3));
}

TEST(Candidates, KeepBestBreaksTiesByTheLowerId) {
  Candidates c = Of({2, 5, 5, -1, 5, 2});
  c.KeepBest(4);
  EXPECT_THAT(Ids(c), ElementsAre(1, 2, 4, 0));
  EXPECT_TRUE(c.sorted);
  c.KeepBest(2);
  EXPECT_THAT(Ids(c), ElementsAre(1, 2));
  c.KeepBest(0);
  EXPECT_THAT(Ids(c), ElementsAre(1));
}

TEST(Candidates, KeepBestAgreesWithSortingEverything) {
  Candidates all = Many(3000);
  std::sort(all.list.begin(), all.list.end(), Better);
  for (size_t k : {1, 40, 2048, 2049, 2999, 3000, 5000}) {
    Candidates best = Many(3000);
    Shuffle(best, k);
    best.KeepBest(k);
    Candidates expected = all;
    expected.Truncate(std::min<size_t>(k, 3000));
    EXPECT_EQ(Ids(best), Ids(expected)) << k;
  }
}

TEST(Candidates, BestIsTheLowestIdOnATie) {
  EXPECT_EQ(Of({1, 3, 2, 3}).Best().id, 1);
}

TEST(Candidates, SoftmaxOfOneTwoThree) {  // e^x / (e + e^2 + e^3)
  Candidates c = Of({1, 2, 3});
  c.Softmax();
  EXPECT_FLOAT_EQ(c.list[0].p, 0.09003057f);
  EXPECT_FLOAT_EQ(c.list[1].p, 0.24472848f);
  EXPECT_FLOAT_EQ(c.list[2].p, 0.66524094f);
}

TEST(Candidates, SoftmaxDoesNotDependOnTheOrder) {
  Candidates sorted = Many(5000);
  sorted.Sort();
  sorted.Softmax();
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Candidates shuffled = Many(5000);
    Shuffle(shuffled, seed);
    shuffled.Softmax();
    shuffled.Sort();
    for (size_t i = 0; i < sorted.list.size(); ++i)
      ASSERT_EQ(shuffled.list[i].p, sorted.list[i].p) << i;
  }
}

TEST(Candidates, SoftmaxSharesBetweenInfinities) {
  Candidates positive = Of({kInf, 3, kInf, -kInf});
  positive.Softmax();
  EXPECT_EQ(positive.list[0].p, 0.5f);
  EXPECT_EQ(positive.list[1].p, 0.0f);
  EXPECT_EQ(positive.list[2].p, 0.5f);
  Candidates negative = Of({-kInf, kNan});
  negative.Softmax();
  EXPECT_EQ(negative.list[0].p, 0.5f);
  EXPECT_EQ(negative.list[1].p, 0.5f);
}

TEST(Candidates, DrawHasTheExpectedCounts) {
  Candidates c = Of({std::log(0.5f), std::log(0.3f), std::log(0.2f)});
  c.Softmax();
  Random random(42);
  std::vector<int> count(3);
  for (int i = 0; i < 10000; ++i) ++count[size_t(c.Draw(random).id)];
  // By the same generator in double precision; sigma is 50, 46 and 40.
  EXPECT_THAT(count, ElementsAre(4978, 3057, 1965));
}

TEST(Candidates, DrawNeverTakesTheImpossible) {
  Candidates c = Of({-kInf, 0, -kInf, 0, -kInf});
  c.Softmax();
  Random random(3);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(c.Draw(random).id % 2, 1);
    EXPECT_EQ(c.chosen % 2, 1);
  }
}

TEST(Candidates, DrawSkipsTheImpossibleAtZero) {
  Random zero(0 - 0x9e3779b97f4a7c15u);  // its first number is 0
  Candidates c = Of({-kInf, 0});
  c.Softmax();
  EXPECT_EQ(c.Draw(zero).id, 1);
}

TEST(Candidates, DrawEndsWithTheLastPossibleOne) {
  Candidates c = Of({0, 0, 0});
  c.list[0].p = c.list[1].p = 1e-9f;  // rounding, exaggerated
  c.list[2].p = 0;
  Random random(1);
  EXPECT_EQ(c.Draw(random).id, 1);
}

TEST(SortUntilMass, SortsNoMoreThanItMust) {
  for (float mass : {0.0f, 0.01f, 0.5f, 0.9f, 0.999f}) {
    Candidates all = Many(3000);
    all.Softmax();
    Candidates some = all;
    all.Sort();
    float sum = 0;
    size_t expected = 0;
    while (expected == 0 || sum < mass) sum += all.list[expected++].p;

    Shuffle(some, 11);
    const size_t n = SortUntilMass(some.list, mass, Better);
    EXPECT_EQ(n, expected) << mass;
    for (size_t i = 0; i < n; ++i)
      ASSERT_EQ(some.list[i].id, all.list[i].id) << mass << " " << i;
  }
}

TEST(SortUntilMass, TakesAllWhenTheSumStaysBelow) {
  Candidates c = Many(300);  // every p is 0
  EXPECT_EQ(SortUntilMass(c.list, 0.5f, Better), 300u);
  EXPECT_TRUE(std::is_sorted(c.list.begin(), c.list.end(), Better));
}

TEST(SamplerOptions, RefusesWhatIsOutOfRange) {
  const SamplerOptions options{
      .numbers = {{"top_p", 1.5}, {"top_k", 2.5}, {"temp", kNan}}};
  EXPECT_EQ(options.Get("min_p", 0.25), 0.25);
  EXPECT_EQ(options.Get("top_p", 1), 1.5);
  EXPECT_EQ(options.Get("top_p", 1, 0, 1).status().message(),
            "'top_p': 1.5 is outside [0, 1]");
  EXPECT_EQ(options.GetInteger("top_k", 0, 0, 9).status().message(),
            "'top_k': 2.5 is not a whole number in [0, 9]");
  EXPECT_EQ(options.Get("temp", 1, 0, 2).status().message(),
            "'temp': nan is outside [0, 2]");
  EXPECT_EQ(options.GetInteger("absent", -1, -1, 9).value(), -1);
}

// A stage that writes its letter to a log, and what it accepts.
std::string* log_of_fakes = nullptr;

template <char kLetter>
class Fake : public Sampler {
 public:
  void Apply(Candidates& candidates, Random& random) override {
    log_of_fakes->push_back(kLetter);
    candidates.chosen = static_cast<TokenId>(random.Next() % 1000);
  }
  void Accept(TokenId id) override { *log_of_fakes += std::to_string(id); }
  void Reset() override { log_of_fakes->push_back('!'); }
};

template <char kLetter>
StatusOr<std::unique_ptr<Sampler>> Create(const SamplerOptions& options,
                                          uint32_t) {
  if (options.Get(std::string(1, kLetter), 0) < 0) return nullptr;
  return std::make_unique<Fake<kLetter>>();
}

constexpr std::string_view kOptionsOfFakes[] = {"a", "b", "c", "d"};
constexpr SamplerFactory kFactoryA{100, SamplerRole::kAdjust, kOptionsOfFakes,
                                   Create<'a'>};
constexpr SamplerFactory kFactoryB{
    200, SamplerRole::kTruncate, {}, Create<'b'>};
constexpr SamplerFactory kFactoryC{
    800, SamplerRole::kDecideAlone, {}, Create<'c'>};
constexpr SamplerFactory kFactoryD{900, SamplerRole::kDecide, {}, Create<'d'>};
constexpr Plugin kA{"sampler_a", "", &kFactoryA};
constexpr Plugin kB{"sampler_b", "", &kFactoryB};
constexpr Plugin kC{"sampler_c", "", &kFactoryC};
constexpr Plugin kD{"dd", "", &kFactoryD};

StatusOr<SamplerChain> Chain(std::vector<const Plugin*> plugins,
                             const SamplerOptions& options) {
  return SamplerChain::Create(Registry::Create(plugins).value(), options, 4);
}

class SamplerChainTest : public testing::Test {
 protected:
  SamplerChainTest() { log_of_fakes = &log_; }
  std::string log_;
  const std::vector<float> logits_ = {1, 2, 3, 4};
};

TEST_F(SamplerChainTest, RunsLiveStagesInOrder) {
  SamplerChain chain = *Chain({&kD, &kB, &kA, &kC}, {.numbers = {{"c", -1}}});
  EXPECT_EQ(chain.Describe(), "a -> b -> dd");
  chain.Sample(logits_);
  chain.Accept(7);
  EXPECT_EQ(log_, "abd777");
}

TEST_F(SamplerChainTest, EndsAtTheFirstStageThatDecides) {
  EXPECT_EQ(Chain({&kA, &kB, &kC, &kD}, {})->Describe(), "a -> c");
}

TEST_F(SamplerChainTest, NeedsAStageThatDecides) {
  const Status status = Chain({&kA, &kB}, {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Chain({}, {}).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(SamplerChainTest, NamesTheKnownOptions) {
  const Status typo = Chain({&kA, &kD}, {.numbers = {{"e", 1}}}).status();
  EXPECT_EQ(typo.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(typo.message(),
            "'e': no linked sampler reads this option; the known ones are: "
            "a, b, c, d");
  const Status bias = Chain({&kA, &kD}, {.logit_bias = {{1, 2}}}).status();
  EXPECT_THAT(std::string(bias.message()), HasSubstr("'logit_bias'"));
}

TEST_F(SamplerChainTest, ResetReplays) {
  SamplerChain chain = *Chain({&kA, &kD}, {.seed = 5});
  const TokenId first = chain.Sample(logits_);
  const TokenId second = chain.Sample(logits_);
  EXPECT_NE(first, second);
  chain.Reset();
  EXPECT_EQ(log_, "adad!!");
  EXPECT_EQ(chain.Sample(logits_), first);
  EXPECT_EQ(chain.Sample(logits_), second);
}

TEST_F(SamplerChainTest, AcceptsAnyNumberOfLogits) {
  SamplerChain chain = *Chain({&kD}, {});
  EXPECT_GE(chain.Sample(logits_), 0);
  EXPECT_GE(chain.Sample(std::vector<float>(9)), 0);
  EXPECT_GE(chain.Sample(std::vector<float>(2)), 0);
  EXPECT_EQ(chain.Sample({}), -1);
}

}  // namespace
}  // namespace tenon
