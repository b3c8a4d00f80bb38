#include "arch_transformer/build.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "arch_transformer/test_file.h"

namespace tenon::transformer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

StatusOr<Graph> Build(const TestFile& file) {
  const ModelFile model = file.Make();
  TENON_ASSIGN_OR_RETURN(const Config config, ReadConfig(model));
  GraphBuilder g(model.tensors, DType::kF16);
  BuildTransformer(g, config);
  return std::move(g).Finish();
}

Graph Built(const TestFile& file) {
  auto graph = Build(file);
  EXPECT_TRUE(graph.ok()) << graph.status();
  return graph.ok() ? *std::move(graph) : Graph{};
}

std::vector<OpKind> LayerOps(const Graph& graph, std::string_view prefix) {
  std::vector<OpKind> ops;
  for (const Node& node : graph.nodes)
    if (node.name.starts_with(prefix)) ops.push_back(node.op);
  return ops;
}

const Node& Find(const Graph& graph, std::string_view name) {
  for (const Node& node : graph.nodes)
    if (node.name == name) return node;
  ADD_FAILURE() << name;
  return graph.nodes.front();
}

TEST(BuildTransformer, OneLayerReadsLikeThePaper) {
  const Graph graph = Built(TestFile("llama"));
  EXPECT_THAT(LayerOps(graph, "blk.1."),
              ElementsAre(OpKind::kRmsNorm, OpKind::kLinear, OpKind::kLinear,
                          OpKind::kLinear, OpKind::kRope, OpKind::kRope,
                          OpKind::kAppend, OpKind::kAppend, OpKind::kAttention,
                          OpKind::kLinear, OpKind::kAdd, OpKind::kRmsNorm,
                          OpKind::kLinear, OpKind::kLinear, OpKind::kSwiGlu,
                          OpKind::kLinear, OpKind::kAdd));
  EXPECT_EQ(graph.value(graph.logits).cols, 100u);
  EXPECT_EQ(graph.value(graph.hidden).cols, 32u);
}

TEST(BuildTransformer, KeysAndValuesAreStatesOfEveryLayer) {
  const Graph graph = Built(TestFile("llama"));
  ASSERT_EQ(graph.states.size(), 4u);
  EXPECT_EQ(graph.states[0].name, "blk.0.k");
  EXPECT_EQ(graph.states[0].cols, 16u);
  EXPECT_EQ(graph.states[0].dtype, DType::kF16);
  // 2 layers, keys and values, 16 elements of 2 bytes.
  size_t bytes = 0;
  for (const StateSpec& s : graph.states) bytes += s.Bytes(1);
  EXPECT_EQ(bytes, 128u);
}

TEST(BuildTransformer, TheHeadIsTheEmbeddingUnlessTheFileHasOne) {
  TestFile file("llama");
  const Graph tied = Built(file);
  EXPECT_EQ(tied.weight(tied.nodes.back().weights[0]).name,
            "token_embd.weight");
  file.Add("output.weight", 100, 32);
  const Graph untied = Built(file);
  EXPECT_EQ(untied.weight(untied.nodes.back().weights[0]).name,
            "output.weight");
}

TEST(BuildTransformer, UsesTheBiasesOfTheFile) {
  TestFile file("qwen2");
  for (std::string p : {"blk.0.", "blk.1."}) {
    file.Add(p + "attn_q.bias", 1, 32);
    file.Add(p + "attn_k.bias", 1, 16);
    file.Add(p + "attn_v.bias", 1, 16);
  }
  file.Add("blk.1.ffn_down.bias", 1, 32);
  const Graph graph = Built(file);
  EXPECT_EQ(Find(graph, "blk.0.attn_q").weights.size(), 2u);
  EXPECT_EQ(Find(graph, "blk.0.ffn_down").weights.size(), 1u);
  EXPECT_EQ(Find(graph, "blk.1.ffn_down").weights.size(), 2u);
}

TEST(BuildTransformer, SplitsAFusedProjection) {
  TestFile file("llama");
  for (const char* name :
       {"blk.0.attn_q.weight", "blk.0.attn_k.weight", "blk.0.attn_v.weight"})
    file.Remove(name);
  file.Add("blk.0.attn_qkv.weight", 32 + 16 + 16, 32);
  const Graph graph = Built(file);
  EXPECT_EQ(Find(graph, "blk.0.attn_qkv").op, OpKind::kLinear);
  const Node& v = Find(graph, "blk.0.attn_v");
  EXPECT_EQ(v.op, OpKind::kSlice);
  EXPECT_EQ(std::get<SliceAttrs>(v.attrs).begin, 48u);
  EXPECT_EQ(Find(graph, "blk.1.attn_v").op, OpKind::kLinear);
}

TEST(BuildTransformer, Qwen3NormsItsHeadsBeforeTheRotation) {
  TestFile file("qwen3");
  EXPECT_THAT(Build(file).status().message(), HasSubstr("attn_q_norm.weight"));
  for (std::string p : {"blk.0.", "blk.1."}) {
    file.Add(p + "attn_q_norm.weight", 1, 8);
    file.Add(p + "attn_k_norm.weight", 1, 8);
  }
  const Graph graph = Built(file);
  const Node& norm = Find(graph, "blk.0.attn_q_norm");
  EXPECT_EQ(std::get<NormAttrs>(norm.attrs).width, 8u);
  EXPECT_EQ(Find(graph, "blk.0.q_rope").inputs[0], norm.output);
  EXPECT_EQ(std::get<RopeAttrs>(Find(graph, "blk.0.q_rope").attrs).pairing,
            RopePairing::kHalves);
}

TEST(BuildTransformer, DividesTheAnglesByTheFilesFactors) {
  TestFile file("llama");
  EXPECT_TRUE(Find(Built(file), "rope_angles").weights.empty());
  file.Add("rope_freqs.weight", 1, 4);
  EXPECT_EQ(Find(Built(file), "rope_angles").weights.size(), 1u);
}

TEST(BuildTransformer, PassesTheSlidingWindowOn) {
  TestFile file("llama");
  file.Set("attention.sliding_window", uint64_t{16});
  const Graph graph = Built(file);
  EXPECT_EQ(std::get<AttentionAttrs>(Find(graph, "blk.0.attn").attrs).window,
            16u);
}

TEST(BuildTransformer, NamesWhatDoesNotFit) {
  TestFile file("llama");
  file.Remove("blk.1.ffn_up.weight");
  EXPECT_EQ(Build(file).status().message(),
            "tensor 'blk.1.ffn_up.weight': the file does not have it");
  TestFile more("llama");
  more.Add("blk.2.attn_norm.weight", 1, 32);
  EXPECT_THAT(Build(more).status().message(),
              HasSubstr("'blk.2.attn_norm.weight'"));
}

}  // namespace
}  // namespace tenon::transformer
