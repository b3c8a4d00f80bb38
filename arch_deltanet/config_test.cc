#include "arch_deltanet/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "arch_deltanet/test_file.h"

namespace tenon::deltanet {
namespace {

using ::testing::ElementsAre;
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

TEST(ReadConfig, EveryFourthLayerHasSoftmaxAttention) {
  EXPECT_THAT(Read(TestFile()).recurrent, ElementsAre(true, true, true, false));
}

TEST(ReadConfig, TheIntervalMayDiffer) {
  TestFile file;
  file.Set("full_attention_interval", uint64_t{2});
  EXPECT_THAT(Read(file).recurrent, ElementsAre(true, false, true, false));
}

TEST(ReadConfig, AListOfLayersOverridesTheInterval) {
  TestFile file;
  file.SetInts("attention.recurrent_layers", {0, 1, 1, 0});
  EXPECT_THAT(Read(file).recurrent, ElementsAre(false, true, true, false));
  file.SetInts("attention.recurrent_layers", {0, 1});
  EXPECT_THAT(ErrorOf(file), HasSubstr("lists 2 layers of 4"));
}

TEST(ReadConfig, AListOfLayersMayBeBooleans) {
  const bool flags[] = {false, true, true, false};
  TestFile file;
  file.Set("attention.recurrent_layers",
           NumberArray{NumberArray::Element::kBool, 1,
                       std::as_bytes(std::span(flags))});
  EXPECT_THAT(Read(file).recurrent, ElementsAre(false, true, true, false));
}

// A NextN block is counted by block_count and is no layer of the trunk.
TEST(ReadConfig, NextNBlocksAreNoLayers) {
  TestFile file;
  file.Set("block_count", uint64_t{5});
  file.Set("nextn_predict_layers", uint64_t{1});
  const Config c = Read(file);
  EXPECT_EQ(c.layers, 4u);
  EXPECT_EQ(c.nextn_layers, 1u);
  EXPECT_EQ(c.recurrent.size(), 4u);
  file.Set("nextn_predict_layers", uint64_t{5});
  EXPECT_THAT(ErrorOf(file), HasSubstr("no layer is left"));
}

TEST(ReadConfig, TheHeadOrderIsTheArchitectures) {
  EXPECT_EQ(Read(TestFile("qwen35")).delta.order, HeadOrder::kModulo);
  EXPECT_EQ(Read(TestFile("qwen3next")).delta.order, HeadOrder::kGrouped);
}

TEST(ReadConfig, OnlyPartOfAHeadTurns) {
  const Config c = Read(TestFile());
  EXPECT_EQ(c.heads.D, 16u);
  EXPECT_EQ(c.rope.n_rot, 8u);
}

TEST(ReadConfig, EveryRotatedPairNeedsAPosition) {
  TestFile file;
  file.SetInts("rope.dimension_sections", {2, 1, 1, 0});  // pairs 0 1 2 3
  EXPECT_EQ(ErrorOf(file), "");
  file.SetInts("rope.dimension_sections", {1, 1, 1, 0});  // pair 3: none left
  EXPECT_THAT(ErrorOf(file), HasSubstr("pair 3"));
}

TEST(ReadConfig, RefusesImpossibleValues) {
  const struct {
    const char* key;
    MetaValue value;
  } cases[] = {
      {"ssm.group_count", uint64_t{0}},
      {"ssm.group_count", uint64_t{3}},
      {"ssm.conv_kernel", uint64_t{1}},
      {"ssm.inner_size", uint64_t{40}},
      {"ssm.state_size", uint64_t{2048}},
      {"expert_count", uint64_t{8}},  // without the other expert keys
      {"full_attention_interval", uint64_t{0}},
  };
  for (const auto& [key, value] : cases) {
    TestFile file;
    file.Set(key, value);
    EXPECT_THAT(ErrorOf(file), HasSubstr("qwen35.")) << key;
  }
}

TEST(ReadConfig, NamesTheKeyThatIsMissing) {
  for (const char* key : {"ssm.conv_kernel", "ssm.state_size",
                          "ssm.group_count", "ssm.time_step_rank"}) {
    TestFile file;
    file.Unset(key);
    EXPECT_THAT(ErrorOf(file), HasSubstr(std::string("qwen35.") + key));
  }
}

}  // namespace
}  // namespace tenon::deltanet
