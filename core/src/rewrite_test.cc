#include "src/rewrite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/test_graph.h"

namespace tenon {
namespace {

using ::testing::ElementsAre;

Graph Make(void (*build)(GraphBuilder&)) {
  static const auto tensors = TinyTensors();
  GraphBuilder g(tensors, DType::kF32);
  build(g);
  auto graph = std::move(g).Finish();
  EXPECT_TRUE(graph.ok()) << graph.status();
  return *std::move(graph);
}

OpSet Only(std::initializer_list<OpKind> ops) {
  OpSet set;
  for (OpKind op : ops) set.set(static_cast<uint8_t>(op));
  return set;
}

std::vector<OpKind> Ops(const Graph& graph) {
  std::vector<OpKind> ops;
  for (const Node& node : graph.nodes) ops.push_back(node.op);
  return ops;
}

TEST(TakeOutputsEarlier, GoesBeforeWhatWorksRowByRow) {
  Graph graph = Make(&BuildTiny);
  ASSERT_TRUE(TakeOutputsEarlier(graph, 3, {}));
  EXPECT_THAT(Ops(graph),
              ElementsAre(OpKind::kEmbed, OpKind::kTakeOutputs, OpKind::kLinear,
                          OpKind::kTakeOutputs, OpKind::kAdd, OpKind::kRmsNorm,
                          OpKind::kHead));
  const Node& sum = graph.nodes[4];
  EXPECT_THAT(sum.inputs,
              ElementsAre(graph.nodes[3].output, graph.nodes[1].output));
  EXPECT_EQ(graph.value(sum.output).rows, Rows::kOutputs);
  EXPECT_EQ(graph.value(sum.output).name, "sum");
  EXPECT_THAT(graph.nodes[5].inputs, ElementsAre(sum.output));
}

TEST(TakeOutputsEarlier, StopsWhereRowsNeedEachOther) {
  Graph graph = Make(&BuildTiny);
  Rewrite(graph, {});
  EXPECT_FALSE(TakeOutputsEarlier(graph, 1, {}));  // of Embed
}

TEST(TakeOutputsEarlier, LeavesWhatSomebodyElseReads) {
  Graph graph = Make([](GraphBuilder& g) {
    const WeightId embed = g.Matrix("embed", 8, 4);
    const ValueId x =
        g.Linear("w", g.Embed("embed", embed), g.LinearOf("w", 4, 4));
    g.Append("x_append", g.Cache("x", 4), x);
    const ValueId last = g.TakeOutputs("last", x);
    g.Outputs(g.RmsNorm("norm", last, g.Vector("norm", 4), 1e-5f), {embed});
  });
  EXPECT_FALSE(TakeOutputsEarlier(graph, 3, {}));
}

TEST(TakeOutputsEarlier, LeavesKeysAndValuesOfAllTokens) {
  Graph graph = Make([](GraphBuilder& g) {
    const WeightId embed = g.Matrix("embed", 8, 4);
    const ValueId x = g.Embed("embed", embed);
    const ValueId k = g.Linear("w", x, g.LinearOf("w", 4, 4));
    const StateId keys = g.Cache("k", 4), values = g.Cache("v", 4);
    g.Append("k_append", keys, k);
    g.Append("v_append", values, x);
    const ValueId heads =
        g.Attention("attn", g.Silu("q", x), keys, values, {1, 1, 4, 0.5f, 0});
    const ValueId last = g.TakeOutputs("last", heads);
    g.Outputs(g.RmsNorm("norm", last, g.Vector("norm", 4), 1e-5f), {embed});
  });
  Rewrite(graph, Only({OpKind::kSwiGlu}));
  std::vector<std::string> of_outputs;
  for (const Node& node : graph.nodes)
    for (const ValueId input : node.inputs)
      if (graph.value(input).rows == Rows::kOutputs)
        of_outputs.push_back(node.name);
  EXPECT_THAT(of_outputs, ElementsAre("q", "attn", "norm", "output"));
}

TEST(FuseResidual, JoinsALinearAndTheAddAfterIt) {
  Graph graph = Make(&BuildTiny);
  const ValueId x = graph.nodes[0].output;
  ASSERT_TRUE(FuseResidual(graph, 2, Only({OpKind::kLinearAdd})));
  ASSERT_EQ(graph.nodes[1].op, OpKind::kLinearAdd);
  EXPECT_THAT(graph.nodes[1].inputs, ElementsAre(x, x));
  EXPECT_EQ(graph.weight(graph.nodes[1].weights[0]).name, "w.weight");
  EXPECT_EQ(graph.nodes.size(), 5u);
}

TEST(FuseResidual, NeedsABackendThatHasTheOp) {
  Graph graph = Make(&BuildTiny);
  EXPECT_FALSE(FuseResidual(graph, 2, Only({OpKind::kAdd})));
}

TEST(FuseResidual, LeavesALinearThatSomebodyElseReads) {
  Graph graph = Make([](GraphBuilder& g) {
    const WeightId embed = g.Matrix("embed", 8, 4);
    const ValueId x = g.Embed("embed", embed);
    const ValueId y = g.Linear("w", x, g.LinearOf("w", 4, 4));
    const ValueId sum = g.Add("sum", g.Mul("square", y, y), y);
    const ValueId last = g.TakeOutputs("last", sum);
    g.Outputs(g.RmsNorm("norm", last, g.Vector("norm", 4), 1e-5f), {embed});
  });
  EXPECT_FALSE(FuseResidual(graph, 3, Only({OpKind::kLinearAdd})));
}

// A norm of each `width` of 32 columns, then a Quantize of it.
Graph RoundedNorm(uint32_t width) {
  Graph graph = Make([](GraphBuilder& g) {
    const WeightId embed = g.Matrix("embed", 8, 4);
    const ValueId y =
        g.Linear("w", g.Embed("embed", embed), g.LinearOf("w", 4, 4));
    const ValueId x = g.RmsNorm("attn_norm", y, g.Vector("norm", 4), 0.5f);
    const ValueId last = g.TakeOutputs("last", g.Silu("rounded", x));
    g.Outputs(g.RmsNorm("norm", last, g.Vector("norm", 4), 1e-5f), {embed});
  });
  std::get<NormAttrs>(graph.nodes[2].attrs).width = width;
  for (Value& value : graph.values) value.cols *= 8;
  graph.nodes[3].op = OpKind::kQuantize;
  graph.nodes[3].attrs = QuantizeAttrs{32};
  return graph;
}

TEST(FuseNorm, JoinsANormOfWholeRowsAndItsRounding) {
  Graph graph = RoundedNorm(32);
  const ValueId x = graph.nodes[1].output, rounded = graph.nodes[3].output;
  const WeightId w = graph.nodes[2].weights[0];
  EXPECT_FALSE(FuseNorm(graph, 3, Only({OpKind::kRmsNorm})));
  ASSERT_TRUE(FuseNorm(graph, 3, Only({OpKind::kNormQuantize})));
  const Node& node = graph.nodes[2];
  EXPECT_EQ(node.op, OpKind::kNormQuantize);
  EXPECT_EQ(node.name, "attn_norm");
  EXPECT_EQ(node.output, rounded);
  EXPECT_THAT(node.inputs, ElementsAre(x));
  EXPECT_THAT(node.weights, ElementsAre(w));
  const auto& attrs = std::get<NormQuantizeAttrs>(node.attrs);
  EXPECT_EQ(attrs.norm.eps, 0.5f);
  EXPECT_EQ(attrs.rounding.width, 32u);
}

TEST(FuseNorm, LeavesNormsOfHeadsAndThoseThatSomebodyElseReads) {
  const OpSet ops = Only({OpKind::kNormQuantize});
  Graph heads = RoundedNorm(8);
  EXPECT_FALSE(FuseNorm(heads, 3, ops));
  Graph shared = RoundedNorm(32);
  shared.nodes[4].inputs = {shared.nodes[2].output};
  EXPECT_FALSE(FuseNorm(shared, 3, ops));
}

TEST(ExpandSwiGlu, BecomesSiluAndMul) {
  Graph graph = Make([](GraphBuilder& g) {
    const WeightId embed = g.Matrix("embed", 8, 4);
    const ValueId x = g.Embed("embed", embed);
    const ValueId y = g.Linear("w", x, g.LinearOf("w", 4, 4));
    const ValueId last = g.TakeOutputs("last", g.SwiGlu("act", x, y));
    g.Outputs(g.RmsNorm("norm", last, g.Vector("norm", 4), 1e-5f), {embed});
  });
  Graph same = graph;
  EXPECT_FALSE(ExpandSwiGlu(same, 2, Only({OpKind::kSwiGlu})));

  const ValueId gate = graph.nodes[2].inputs[0], up = graph.nodes[2].inputs[1];
  const ValueId out = graph.nodes[2].output;
  ASSERT_TRUE(ExpandSwiGlu(graph, 2, Only({OpKind::kMul, OpKind::kSilu})));
  EXPECT_EQ(graph.nodes[2].op, OpKind::kSilu);
  EXPECT_THAT(graph.nodes[2].inputs, ElementsAre(gate));
  EXPECT_EQ(graph.nodes[3].op, OpKind::kMul);
  EXPECT_THAT(graph.nodes[3].inputs, ElementsAre(graph.nodes[2].output, up));
  EXPECT_EQ(graph.nodes[3].output, out);
}

TEST(Rewrite, SaysWhatItDid) {
  Graph graph = Make(&BuildTiny);
  EXPECT_THAT(
      Rewrite(graph, Only({OpKind::kLinearAdd})),
      ElementsAre("take_outputs_earlier: last",
                  "take_outputs_earlier: w.outputs", "fuse_residual: sum"));
  EXPECT_THAT(Ops(graph),
              ElementsAre(OpKind::kEmbed, OpKind::kTakeOutputs,
                          OpKind::kLinearAdd, OpKind::kRmsNorm, OpKind::kHead));
}

}  // namespace
}  // namespace tenon
