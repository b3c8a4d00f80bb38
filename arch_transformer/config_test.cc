#include "arch_transformer/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "arch_transformer/test_file.h"

namespace tenon::transformer {
namespace {

using ::testing::HasSubstr;

Config Read(const TestFile& file) {
  const ModelFile model = file.Make();
  const auto config = ReadConfig(model);
  EXPECT_TRUE(config.ok()) << config.status();
  return config.value_or(Config{});
}

std::string ErrorOf(const TestFile& file) {
  const ModelFile model = file.Make();
  return std::string(ReadConfig(model).status().message());
}

TEST(ReadConfig, ReadsSizesAndDerivesTheRest) {
  const Config c = Read(TestFile("llama"));
  EXPECT_EQ(c.layers, 2u);
  EXPECT_EQ(c.heads.H, 4u);
  EXPECT_EQ(c.heads.G, 2u);
  EXPECT_EQ(c.heads.D, 8u);  // 32 / 4
  EXPECT_EQ(c.V, 100u);
  EXPECT_EQ(c.rope.n_rot, 8u);
  EXPECT_EQ(c.rope.base, 10000.0);
  EXPECT_EQ(c.rope.scale, 1.0);
  EXPECT_EQ(c.pairing, RopePairing::kAdjacent);
  EXPECT_FALSE(c.qk_norm);
}

TEST(ReadConfig, WhatDiffersBetweenArchitectures) {
  EXPECT_EQ(Read(TestFile("qwen2")).pairing, RopePairing::kHalves);
  EXPECT_FALSE(Read(TestFile("qwen2")).qk_norm);
  EXPECT_EQ(Read(TestFile("qwen3")).pairing, RopePairing::kHalves);
  EXPECT_TRUE(Read(TestFile("qwen3")).qk_norm);
}

TEST(ReadConfig, KvHeadsDefaultToQueryHeads) {
  TestFile file("llama");
  file.Unset("attention.head_count_kv");
  EXPECT_EQ(Read(file).heads.G, 4u);
}

TEST(ReadConfig, TheHeadDimensionNeedNotDivideTheEmbedding) {
  TestFile file("qwen3");
  file.Set("attention.key_length", uint64_t{24});
  file.Set("attention.value_length", uint64_t{24});
  EXPECT_EQ(Read(file).heads.D, 24u);
}

TEST(ReadConfig, LinearScalingIsTheDefaultType) {
  TestFile file("llama");
  file.Set("rope.scaling.factor", 4.0);
  EXPECT_EQ(Read(file).rope.scale, 0.25);
  file.Set("rope.scaling.type", std::string_view("none"));
  EXPECT_EQ(Read(file).rope.scale, 1.0);
}

TEST(ReadConfig, ReadsTheOldScalingKey) {
  TestFile file("llama");
  file.Set("rope.scale_linear", 2.0);
  EXPECT_EQ(Read(file).rope.scale, 0.5);
}

TEST(ReadConfig, YarnRampOfAKnownModel) {
  // Qwen2.5 with YaRN: head 128, base 1e6, 32768 positions, factor 4.  By the
  // paper's formula 64 ln(32768 / (b 2 pi)) / ln(1e6): 23.6 for b = 32 and
  // 39.7 for b = 1.
  TestFile file("qwen2");
  file.Set("attention.key_length", uint64_t{128});
  file.Set("attention.value_length", uint64_t{128});
  file.Set("rope.freq_base", 1e6);
  file.Set("rope.scaling.type", std::string_view("yarn"));
  file.Set("rope.scaling.factor", 4.0);
  file.Set("rope.scaling.original_context_length", uint64_t{32768});
  const RopeAnglesAttrs rope = Read(file).rope;
  EXPECT_TRUE(rope.yarn);
  EXPECT_EQ(rope.yarn_low, 23.0);
  EXPECT_EQ(rope.yarn_high, 40.0);
  EXPECT_NEAR(rope.magnitude, 1.1386294, 1e-6);  // 1 + 0.1 ln 4
  file.Set("rope.scaling.attn_factor", 2.0);
  EXPECT_NEAR(Read(file).rope.magnitude, 2.2772589, 1e-6);
}

TEST(ReadConfig, NamesTheKeyThatIsMissing) {
  for (const char* key : {"block_count", "embedding_length", "context_length",
                          "attention.layer_norm_rms_epsilon",
                          "attention.head_count", "feed_forward_length"}) {
    TestFile file("llama");
    file.Unset(key);
    EXPECT_THAT(ErrorOf(file), HasSubstr(std::string("llama.") + key));
  }
}

TEST(ReadConfig, RefusesImpossibleValues) {
  const struct {
    const char* key;
    MetaValue value;
  } cases[] = {
      {"block_count", uint64_t{0}},
      {"block_count", uint64_t{513}},
      {"embedding_length", uint64_t{0}},
      {"attention.head_count", uint64_t{0}},
      {"attention.head_count", uint64_t{3}},   // kv heads do not divide it
      {"attention.head_count", uint64_t{64}},  // 32 / 64 leaves no head
      {"attention.head_count_kv", uint64_t{0}},
      {"attention.value_length", uint64_t{16}},  // not the key length
      {"attention.layer_norm_rms_epsilon", 0.0},
      {"attention.layer_norm_rms_epsilon", std::nan("")},
      {"rope.dimension_count", uint64_t{7}},
      {"rope.dimension_count", uint64_t{10}},  // longer than a head
      {"rope.freq_base", 0.0},
      {"rope.freq_base", HUGE_VAL},
      {"rope.scaling.factor", -1.0},
      {"rope.scaling.type", std::string_view("longrope")},
      {"expert_count", uint64_t{8}},
      {"block_count", std::string_view("two")},
      {"context_length", uint64_t{1} << 40},
  };
  for (const auto& [key, value] : cases) {
    TestFile file("llama");
    file.Set(key, value);
    EXPECT_THAT(ErrorOf(file), HasSubstr("llama."))
        << key << " = " << ToString(value);
  }
}

TEST(ReadConfig, NeedsAnEmbedding) {
  TestFile file("llama");
  file.Remove("token_embd.weight");
  EXPECT_THAT(ErrorOf(file), HasSubstr("token_embd.weight"));
}

}  // namespace
}  // namespace tenon::transformer
