// All samplers together.  The expected tokens come from a program of its own:
// Python, double precision, whole sorts.
#include <cstdlib>
#include <limits>
#include <new>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/registry.h"
#include "tenon/sampler.h"

namespace {
size_t allocations = 0;
}  // namespace

void* operator new(size_t size) {
  ++allocations;
  return std::malloc(size);
}
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  return operator new(size);
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }

namespace tenon {

extern const Plugin kSamplerDist, kSamplerGreedy, kSamplerLogitBias,
    kSamplerMinP, kSamplerMirostatV2, kSamplerPenalties, kSamplerTemperature,
    kSamplerTopK, kSamplerTopP, kSamplerTypicalP;

namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

using Numbers = std::map<std::string, double, std::less<>>;

StatusOr<SamplerChain> Chain(const SamplerOptions& options, uint32_t vocab) {
  static const Plugin* const kAll[] = {&kSamplerDist,        &kSamplerGreedy,
                                       &kSamplerLogitBias,   &kSamplerMinP,
                                       &kSamplerMirostatV2,  &kSamplerPenalties,
                                       &kSamplerTemperature, &kSamplerTopK,
                                       &kSamplerTopP,        &kSamplerTypicalP};
  return SamplerChain::Create(Registry::Create(kAll).value(), options, vocab);
}

std::vector<float> Logits(uint64_t step, uint32_t vocab) {
  Random random(1000 + step);
  std::vector<float> logits(vocab);
  for (float& logit : logits) logit = 16 * random.Uniform() - 8;
  return logits;
}

std::vector<TokenId> Text(SamplerChain& chain, uint32_t vocab) {
  std::vector<TokenId> text;
  for (uint64_t step = 0; step < 16; ++step) {
    text.push_back(chain.Sample(Logits(step, vocab)));
    chain.Accept(text.back());
  }
  return text;
}

const Numbers kDefaults = {{"temp", 0.8},
                           {"top_k", 40},
                           {"top_p", 0.95},
                           {"min_p", 0.05},
                           {"typical_p", 1},
                           {"repeat_penalty", 1},
                           {"frequency_penalty", 0},
                           {"presence_penalty", 0}};

struct Case {
  const char* stages;
  SamplerOptions options;
  uint32_t vocab;
  std::vector<TokenId> text;
};

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = {
      {"top_k -> top_p -> min_p -> temperature -> dist",
       {.numbers = kDefaults, .seed = 42},
       100,
       {28, 19, 85, 5, 51, 55, 25, 70, 60, 98, 80, 67, 45, 18, 55, 51}},
      {"top_k -> top_p -> min_p -> temperature -> dist",
       {.numbers = kDefaults, .seed = 43},
       100,
       {28, 95, 75, 42, 51, 5, 52, 75, 77, 71, 14, 50, 86, 59, 66, 98}},
      {"penalties -> top_k -> top_p -> min_p -> temperature -> dist",
       {.numbers = {{"temp", 0.8},
                    {"top_k", 40},
                    {"top_p", 0.95},
                    {"min_p", 0.05},
                    {"repeat_penalty", 1.3},
                    {"repeat_last_n", 8},
                    {"frequency_penalty", 0.5},
                    {"presence_penalty", 0.25}},
        .seed = 42},
       20,
       {19, 12, 3, 4, 2, 0, 18, 7, 4, 10, 16, 17, 3, 15, 14, 19}},
      {"typical_p -> temperature -> dist",
       {.numbers = {{"typical_p", 0.5}, {"temp", 1.5}}, .seed = 7},
       1000,
       {856, 341, 126, 760, 206, 352, 134, 552, 782, 56, 861, 67, 597, 880, 536,
        71}},
      {"dist",
       {.seed = 7},
       1000,
       {447, 19, 945, 532, 344, 197, 434, 273, 150, 409, 84, 909, 921, 852, 855,
        559}},
      {"top_p -> temperature -> dist",
       {.numbers = {{"top_p", 0.9}, {"temp", 2}}, .seed = 7},
       1000,
       {421, 100, 476, 787, 484, 652, 76, 363, 202, 335, 103, 837, 688, 864,
        612, 142}},
      {"mirostat_v2",  // in place of the truncation
       {.numbers = {{"mirostat", 2},
                    {"mirostat_tau", 3},
                    {"mirostat_eta", 0.2},
                    {"top_k", 1}},
        .seed = 7},
       1000,
       {842, 19, 982, 505, 114, 5, 337, 356, 122, 398, 63, 947, 931, 863, 741,
        228}},
      {"greedy",
       {.numbers = {{"temp", 0}, {"typical_p", 0.1}, {"mirostat", 2}},
        .seed = 7},
       1000,
       {842, 930, 500, 291, 51, 541, 829, 269, 811, 599, 356, 947, 931, 882,
        737, 228}},
      {"logit_bias -> greedy",
       {.numbers = {{"temp", 0}}, .logit_bias = {{3, 20.0f}}},
       100,
       std::vector<TokenId>(16, 3)}};
  return cases;
}

TEST(Chain, WritesTheExpectedText) {
  for (const Case& c : Cases()) {
    SamplerChain chain = Chain(c.options, c.vocab).value();
    EXPECT_EQ(chain.Describe(), c.stages);
    EXPECT_THAT(Text(chain, c.vocab), ElementsAreArray(c.text)) << c.stages;
  }
}

TEST(Chain, ResetReplaysTheText) {
  for (const Case& c : Cases()) {
    SamplerChain chain = Chain(c.options, c.vocab).value();
    Text(chain, c.vocab);
    chain.Reset();
    EXPECT_THAT(Text(chain, c.vocab), ElementsAreArray(c.text)) << c.stages;
  }
}

TEST(Chain, DoesNotAllocateOnceWarm) {
  const std::vector<float> logits = Logits(0, 1000);
  for (const Case& c : Cases()) {
    SamplerChain chain = Chain(c.options, 1000).value();
    for (int i = 0; i < 100; ++i) chain.Accept(chain.Sample(logits));
    const size_t before = allocations;
    for (int i = 0; i < 20; ++i) chain.Accept(chain.Sample(logits));
    EXPECT_EQ(allocations, before) << c.stages;
  }
}

TEST(Chain, SurvivesAnyLogits) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  const float kinds[] = {0, -0.0f, 1, kInf, -kInf, kInf - kInf, 3e38f, -3e38f};
  for (const Case& c : Cases()) {
    SamplerChain chain = Chain(c.options, 100).value();
    Random random(1);
    for (int i = 0; i < 300; ++i) {
      std::vector<float> logits(random.Next() % 99 + 1);
      const size_t some = random.Next() % 8 + 1;
      for (float& logit : logits) logit = kinds[random.Next() % some];
      const TokenId id = chain.Sample(logits);
      ASSERT_GE(id, 0) << c.stages;
      ASSERT_LT(static_cast<size_t>(id), logits.size()) << c.stages;
      chain.Accept(id);
    }
  }
}

TEST(Chain, NeverWritesABannedToken) {
  SamplerOptions options{.numbers = kDefaults, .seed = 1};
  for (TokenId id = 0; id < 100; id += 2)
    options.logit_bias[id] = -std::numeric_limits<float>::infinity();
  SamplerChain chain = Chain(options, 100).value();
  for (TokenId id : Text(chain, 100)) EXPECT_EQ(id % 2, 1);
}

TEST(Chain, NamesTheOptionsThatThereAre) {
  EXPECT_EQ(Chain({.numbers = {{"topk", 1}}}, 4).status().message(),
            "'topk': no linked sampler reads this option; the known ones are: "
            "frequency_penalty, logit_bias, min_p, mirostat, mirostat_eta, "
            "mirostat_tau, presence_penalty, repeat_last_n, repeat_penalty, "
            "temp, top_k, top_p, typical_p");
}

}  // namespace
}  // namespace tenon
