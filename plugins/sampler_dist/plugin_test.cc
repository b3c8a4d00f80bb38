#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/registry.h"
#include "tenon/sampler.h"

namespace tenon {

extern const Plugin kSamplerDist;

namespace {

using testing::ElementsAre;

// Logits of 1 : 2 : 5, shifted.
TEST(Dist, DrawsByTheSoftmax) {
  Candidates c;
  c.Fill(std::vector<float>{9.0f, 9.0f + 0.693147181f, 9.0f + 1.609437912f});
  Random random(42);
  auto dist = AsSampler(kSamplerDist).create({}, 3).value();
  std::vector<int> count(3);
  for (int i = 0; i < 8000; ++i) {
    dist->Apply(c, random);
    ++count[static_cast<size_t>(c.chosen)];
  }
  // By the same generator in double precision; sigma is 30, 39 and 43.
  EXPECT_THAT(count, ElementsAre(972, 2016, 5012));
}

}  // namespace
}  // namespace tenon
