#include "template_arch/build.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tenon::template_arch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Config kConfig{
    .layers = 1, .E = 8, .F = 12, .V = 20, .context_length = 64, .eps = 1e-5f};

TensorInfo Tensor(std::string_view name, uint64_t rows, uint64_t cols) {
  return {name, DType::kF32, {cols, rows, 1, 1}, rows == 1 ? 1u : 2u,
          0,    0,           rows * cols * 4};
}

std::vector<TensorInfo> Tensors() {
  return {Tensor("token_embd.weight", 20, 8),
          Tensor("blk.0.ffn_norm.weight", 1, 8),
          Tensor("blk.0.ffn_gate.weight", 12, 8),
          Tensor("blk.0.ffn_up.weight", 12, 8),
          Tensor("blk.0.ffn_down.weight", 8, 12),
          Tensor("output_norm.weight", 1, 8)};
}

StatusOr<Graph> Build(const std::vector<TensorInfo>& tensors) {
  GraphBuilder g(tensors, DType::kF16);
  BuildTemplateArch(g, kConfig);
  return std::move(g).Finish();
}

TEST(BuildTemplateArch, EmitsFeedForwardLayers) {
  const auto graph = Build(Tensors());
  ASSERT_TRUE(graph.ok()) << graph.status();
  std::vector<OpKind> ops;
  for (const Node& node : graph->nodes) ops.push_back(node.op);
  EXPECT_THAT(ops,
              ElementsAre(OpKind::kEmbed, OpKind::kRmsNorm, OpKind::kLinear,
                          OpKind::kLinear, OpKind::kSwiGlu, OpKind::kLinear,
                          OpKind::kAdd, OpKind::kTakeOutputs, OpKind::kRmsNorm,
                          OpKind::kHead));
  EXPECT_EQ(graph->value(graph->hidden).cols, 8u);
  EXPECT_EQ(graph->value(graph->logits).cols, 20u);
}

TEST(BuildTemplateArch, NamesATensorOfTheWrongShape) {
  std::vector<TensorInfo> tensors = Tensors();
  tensors[3] = Tensor("blk.0.ffn_up.weight", 8, 12);
  EXPECT_THAT(std::string(Build(tensors).status().message()),
              HasSubstr("blk.0.ffn_up.weight"));
}

}  // namespace
}  // namespace tenon::template_arch
