#include "arch_deltanet/build.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "arch_deltanet/test_file.h"

namespace tenon::deltanet {
namespace {

using ::testing::HasSubstr;

StatusOr<Graph> Build(const TestFile& file) {
  const ModelFile model = file.Make();
  TENON_ASSIGN_OR_RETURN(const Config config, ReadConfig(model));
  GraphBuilder g(model.tensors, DType::kF16);
  BuildDeltaNet(g, config);
  return std::move(g).Finish();
}

Graph Built(const TestFile& file) {
  auto graph = Build(file);
  EXPECT_TRUE(graph.ok()) << graph.status();
  return graph.ok() ? *std::move(graph) : Graph{};
}

// The node of a name and an op: a state's writer may share its name.
const Node& Find(const Graph& graph, std::string_view name) {
  for (const Node& node : graph.nodes)
    if (node.name == name) return node;
  ADD_FAILURE() << name;
  return graph.nodes.front();
}

const Node& MakerOf(const Graph& graph, ValueId value) {
  return *std::ranges::find(graph.nodes, value, &Node::output);
}

template <typename Attrs>
const Attrs& AttrsOf(const Node& node) {
  return std::get<Attrs>(node.attrs);
}

TEST(BuildDeltaNet, QueryAndGateAlternateByHead) {
  const Graph graph = Built(TestFile());
  const auto& q = AttrsOf<SliceAttrs>(Find(graph, "blk.3.q"));
  const auto& gate = AttrsOf<SliceAttrs>(Find(graph, "blk.3.gate"));
  EXPECT_EQ(q.begin, 0u);
  EXPECT_EQ(gate.begin, 16u);
  EXPECT_EQ(q.width, 16u);
  EXPECT_EQ(q.period, 32u);
  EXPECT_EQ(gate.period, 32u);
}

TEST(BuildDeltaNet, TheSoftmaxGateIsASigmoid) {
  const Graph graph = Built(TestFile());
  const Node& gated = Find(graph, "blk.3.gated");
  EXPECT_EQ(MakerOf(graph, gated.inputs[0]).op, OpKind::kAttention);
  EXPECT_EQ(MakerOf(graph, gated.inputs[1]).op, OpKind::kSigmoid);
}

TEST(BuildDeltaNet, OnlyTheFirstElementsOfAHeadTurn) {
  const Graph graph = Built(TestFile());
  const auto& rope = AttrsOf<RopeAttrs>(Find(graph, "blk.3.q_rope"));
  EXPECT_EQ(rope.n_rot, 8u);
  EXPECT_EQ(rope.head_dim, 16u);
  EXPECT_EQ(rope.pairing, RopePairing::kHalves);
}

// The ring is fed by the projection; the SiLU comes behind the convolution.
TEST(BuildDeltaNet, TheConvolutionComesBeforeItsSiLU) {
  const Graph graph = Built(TestFile());
  const Node& silu = Find(graph, "blk.0.conv_act");
  const Node& conv = MakerOf(graph, silu.inputs[0]);
  EXPECT_EQ(silu.op, OpKind::kSilu);
  EXPECT_EQ(conv.op, OpKind::kCausalConv);
  EXPECT_EQ(MakerOf(graph, conv.inputs[0]).op, OpKind::kLinear);
}

// decay = a * softplus(alpha + dt), with a as the file has it.
TEST(BuildDeltaNet, TheDecayUsesAAsStored) {
  const Graph graph = Built(TestFile());
  const Node& delta = Find(graph, "blk.0.delta");
  const Node& decay = MakerOf(graph, delta.inputs[3]);
  ASSERT_EQ(decay.op, OpKind::kScale);
  EXPECT_EQ(graph.weight(decay.weights[0]).name, "blk.0.ssm_a");
  const Node& softplus = MakerOf(graph, decay.inputs[0]);
  ASSERT_EQ(softplus.op, OpKind::kSoftplus);
  const Node& offset = MakerOf(graph, softplus.inputs[0]);
  ASSERT_EQ(offset.op, OpKind::kOffset);
  EXPECT_EQ(graph.weight(offset.weights[0]).name, "blk.0.ssm_dt.bias");
}

// The norms of the file are used once, as they are: no node adds to them.
TEST(BuildDeltaNet, NormsAreUsedAsStored) {
  const Graph graph = Built(TestFile());
  for (const Node& node : graph.nodes) {
    if (node.op != OpKind::kOffset) continue;
    EXPECT_THAT(node.name, HasSubstr("dt_in"));
  }
}

// z gates after the norm, in one op whose second input it is.
TEST(BuildDeltaNet, TheOutputIsNormedThenGated) {
  const Graph graph = Built(TestFile());
  const Node& norm = Find(graph, "blk.0.ssm_norm");
  EXPECT_EQ(norm.op, OpKind::kGatedRmsNorm);
  EXPECT_EQ(MakerOf(graph, norm.inputs[0]).op, OpKind::kGatedDelta);
  EXPECT_EQ(MakerOf(graph, norm.inputs[1]).name, "blk.0.attn_gate");
  EXPECT_EQ(AttrsOf<NormAttrs>(norm).width, 8u);
}

TEST(BuildDeltaNet, ThereIsNoSsmAWeight) {
  TestFile file;
  file.Remove("blk.0.ssm_a");
  file.Add("blk.0.ssm_a.weight", 1, 4);
  EXPECT_EQ(Build(file).status().message(),
            "tensor 'blk.0.ssm_a': the file does not have it");
}

TEST(BuildDeltaNet, TheHeadIsTheEmbeddingUnlessTheFileHasOne) {
  TestFile file;
  const Graph tied = Built(file);
  EXPECT_EQ(tied.weight(tied.nodes.back().weights[0]).name,
            "token_embd.weight");
  file.Add("output.weight", 100, 32);
  const Graph untied = Built(file);
  EXPECT_EQ(untied.weight(untied.nodes.back().weights[0]).name,
            "output.weight");
}

TEST(BuildDeltaNet, ANextNBlockIsLeftOut) {
  TestFile file;
  const size_t nodes = Built(file).nodes.size();
  file.Set("block_count", uint64_t{5});
  file.Set("nextn_predict_layers", uint64_t{1});
  file.AddLayer(4, /*recurrent=*/false);
  file.Add("blk.4.nextn.eh_proj.weight", 32, 64);
  const Graph graph = Built(file);
  EXPECT_EQ(graph.nodes.size(), nodes);
  for (const Weight& w : graph.weights)
    EXPECT_FALSE(w.name.starts_with("blk.4."));
}

TEST(BuildDeltaNet, StateIsSmallAndConstantButForSoftmaxLayers) {
  const Graph graph = Built(TestFile());
  size_t constant = 0, per_position = 0;
  for (const StateSpec& s : graph.states)
    (s.is_constant() ? constant : per_position) += s.Bytes(1);
  // 3 layers of 4 heads of 8 x 8 and of 3 inputs of 64 channels, f32.
  EXPECT_EQ(constant, 3u * (4 * 8 * 8 + 3 * 64) * 4);
  EXPECT_EQ(per_position, 2u * 16 * 2);  // one layer, f16
}

// The published 0.8B shape: 18 recurrent layers of 16 heads of 128 x 128 and a
// convolution of 6144 channels: 20.2 MB.
TEST(BuildDeltaNet, RecurrentStateOfThe08BShape) {
  const StateSpec memory{"", StateKind::kRecurrent, DType::kF32, 2048, 128};
  const StateSpec ring{"", StateKind::kRing, DType::kF32, 3, 6144};
  EXPECT_EQ(18 * (memory.Bytes(1) + ring.Bytes(1)), 20201472u);
}

// --- qwen3next and mixtures of experts

TestFile Experts(const std::string& architecture) {
  TestFile file(architecture);
  file.Unset("feed_forward_length");
  file.Set("expert_count", uint64_t{8});
  file.Set("expert_used_count", uint64_t{2});
  file.Set("expert_feed_forward_length", uint64_t{24});
  file.Set("expert_shared_feed_forward_length", uint64_t{40});
  for (std::string p : {"blk.0.", "blk.1.", "blk.2.", "blk.3."}) {
    for (const char* dense : {"ffn_gate", "ffn_up", "ffn_down"})
      file.Remove(p + dense + ".weight");
    file.Add(p + "ffn_gate_inp.weight", 8, 32);
    file.Add(p + "ffn_gate_exps.weight", 24, 32, 8);
    file.Add(p + "ffn_up_exps.weight", 24, 32, 8);
    file.Add(p + "ffn_down_exps.weight", 32, 24, 8);
    file.Add(p + "ffn_gate_inp_shexp.weight", 1, 32);
    file.Add(p + "ffn_gate_shexp.weight", 40, 32);
    file.Add(p + "ffn_up_shexp.weight", 40, 32);
    file.Add(p + "ffn_down_shexp.weight", 32, 40);
  }
  return file;
}

TEST(BuildDeltaNet, ExpertsReplaceTheDenseBlock) {
  const Graph graph = Built(Experts("qwen35moe"));
  const Node& up = Find(graph, "blk.1.ffn_up_exps");
  EXPECT_EQ(graph.value(up.output).cols, 2u * 24);
  const Node& sum = Find(graph, "blk.1.ffn_down_exps");
  EXPECT_EQ(sum.op, OpKind::kExpertSum);
  EXPECT_EQ(graph.value(sum.output).cols, 32u);
  const Node& shared = Find(graph, "blk.1.shared");
  EXPECT_EQ(graph.value(shared.inputs[1]).cols, 1u);
}

TEST(BuildDeltaNet, FusedExpertsAreSplitByHalves) {
  TestFile file = Experts("qwen35moe");
  file.Remove("blk.0.ffn_gate_exps.weight");
  file.Remove("blk.0.ffn_up_exps.weight");
  file.Add("blk.0.ffn_gate_up_exps.weight", 48, 32, 8);
  const Graph graph = Built(file);
  const auto& up = AttrsOf<SliceAttrs>(Find(graph, "blk.0.ffn_up_exps"));
  EXPECT_EQ(up.begin, 24u);
  EXPECT_EQ(up.period, 48u);
}

TEST(BuildDeltaNet, Qwen3NextJoinsBetaAndAlphaByKeyHead) {
  TestFile file = Experts("qwen3next");
  for (std::string p : {"blk.0.", "blk.1.", "blk.2."}) {
    file.Remove(p + "ssm_alpha.weight");
    file.Remove(p + "ssm_beta.weight");
    file.Add(p + "ssm_ba.weight", 8, 32);
  }
  const Graph graph = Built(file);
  const auto& beta = AttrsOf<SliceAttrs>(Find(graph, "blk.0.beta_in"));
  const auto& alpha = AttrsOf<SliceAttrs>(Find(graph, "blk.0.alpha_in"));
  EXPECT_EQ(beta.begin, 0u);
  EXPECT_EQ(alpha.begin, 2u);  // two value heads per key head
  EXPECT_EQ(alpha.period, 4u);
}

TEST(BuildDeltaNet, OldQwen3NextFilesInterleaveByKeyHead) {
  TestFile file = Experts("qwen3next");
  file.Remove("blk.0.attn_qkv.weight");
  file.Remove("blk.0.attn_gate.weight");
  file.Add("blk.0.ssm_in.weight", 96, 32);
  const Graph graph = Built(file);
  // Per key head: 8 of q, 8 of k, 16 of v, 16 of z.
  const auto& v = AttrsOf<SliceAttrs>(Find(graph, "blk.0.v_in"));
  EXPECT_EQ(v.begin, 16u);
  EXPECT_EQ(v.width, 16u);
  EXPECT_EQ(v.period, 48u);
  EXPECT_EQ(graph.value(Find(graph, "blk.0.mixed").output).cols, 64u);
}

}  // namespace
}  // namespace tenon::deltanet
