#include "tenon/builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/test_graph.h"

namespace tenon {
namespace {

using ::testing::HasSubstr;

TEST(GraphBuilder, EmitsNodesInOrderWithTheirShapes) {
  const auto tensors = TinyTensors();
  GraphBuilder g(tensors, DType::kF32);
  BuildTiny(g);
  const auto graph = std::move(g).Finish();
  ASSERT_TRUE(graph.ok()) << graph.status();
  std::vector<OpKind> ops;
  for (const Node& node : graph->nodes) ops.push_back(node.op);
  EXPECT_THAT(ops, testing::ElementsAre(OpKind::kEmbed, OpKind::kLinear,
                                        OpKind::kAdd, OpKind::kTakeOutputs,
                                        OpKind::kRmsNorm, OpKind::kHead));
  EXPECT_EQ(graph->value(graph->logits).cols, 8u);
  EXPECT_EQ(graph->value(graph->logits).rows, Rows::kOutputs);
  EXPECT_EQ(graph->value(graph->nodes[1].output).rows, Rows::kTokens);
}

TEST(GraphBuilder, ATiedEmbeddingIsOneWeight) {
  const auto tensors = TinyTensors();
  GraphBuilder g(tensors, DType::kF32);
  BuildTiny(g);
  const auto graph = std::move(g).Finish();
  ASSERT_TRUE(graph.ok());
  EXPECT_EQ(graph->weights.size(), 3u);
  EXPECT_EQ(graph->nodes.front().weights, graph->nodes.back().weights);
}

std::string ErrorOf(const std::vector<TensorInfo>& tensors,
                    void (*build)(GraphBuilder&)) {
  GraphBuilder g(tensors, DType::kF32);
  build(g);
  return std::string(std::move(g).Finish().status().message());
}

TEST(GraphBuilder, NamesAMissingTensor) {
  auto tensors = TinyTensors();
  tensors.pop_back();
  EXPECT_EQ(ErrorOf(tensors, &BuildTiny),
            "tensor 'norm': the file does not have it");
}

TEST(GraphBuilder, NamesAWrongShape) {
  auto tensors = TinyTensors();
  tensors[1].dims = {4, 5, 1, 1};
  EXPECT_EQ(ErrorOf(tensors, &BuildTiny),
            "tensor 'w.weight': its shape is [4, 5], the metadata asks for "
            "[4, 4]");
}

TEST(GraphBuilder, AVectorMayNotBeQuantised) {
  auto tensors = TinyTensors();
  tensors[2].dtype = DType::kQ8_0;
  EXPECT_THAT(ErrorOf(tensors, &BuildTiny), HasSubstr("not as Q8_0"));
}

TEST(GraphBuilder, NamesTensorsThatNobodyAskedFor) {
  auto tensors = TinyTensors();
  tensors.push_back(Tensor("blk.0.surprise", 1, 4));
  EXPECT_THAT(ErrorOf(tensors, &BuildTiny), HasSubstr("blk.0.surprise"));
  const auto ignoring = [](GraphBuilder& g) {
    BuildTiny(g);
    g.Ignore("blk.0.surprise");
  };
  EXPECT_EQ(ErrorOf(tensors, ignoring), "");
}

TEST(GraphBuilder, TheFirstMistakeWins) {
  const auto build = [](GraphBuilder& g) {
    BuildTiny(g);
    g.Fail(absl::InvalidArgumentError("first"));
    g.Fail(absl::InvalidArgumentError("second"));
  };
  EXPECT_EQ(ErrorOf(TinyTensors(), build), "first");
}

TEST(GraphBuilder, RefusesMismatchedOperands) {
  const auto build = [](GraphBuilder& g) {
    const ValueId x = g.Embed("embed", g.Matrix("embed", 8, 4));
    g.Add("sum", x, g.Slice("half", x, 0, 2));
  };
  EXPECT_EQ(ErrorOf(TinyTensors(), build),
            "[sum] combines rows of 4 with rows of 2");
  const auto slice = [](GraphBuilder& g) {
    g.Slice("part", g.Embed("embed", g.Matrix("embed", 8, 4)), 3, 2);
  };
  EXPECT_EQ(ErrorOf(TinyTensors(), slice), "[part] takes columns up to 5 of 4");
}

TEST(GraphBuilder, AttentionMustFitItsCache) {
  const auto build = [](GraphBuilder& g) {
    const ValueId x = g.Embed("embed", g.Matrix("embed", 8, 4));
    const StateId k = g.Cache("k", 4), v = g.Cache("v", 2);
    g.Attention("attn", x, k, v, {2, 2, 2, 1.0f, 0});
  };
  EXPECT_THAT(ErrorOf(TinyTensors(), build), HasSubstr("[attn]"));
}

}  // namespace
}  // namespace tenon
