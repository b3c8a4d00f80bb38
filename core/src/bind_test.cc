#include "tenon/bind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/test_graph.h"

namespace tenon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

void Nothing(const KernelArgs&, const StepContext&, Range,
             std::byte*) noexcept {}
uint32_t One(const KernelArgs&, const StepContext&) noexcept { return 1; }

constexpr PackedLayout kRows8{"rows8", nullptr, nullptr, 8};
constexpr PackedLayout kRows4{"rows4", nullptr, nullptr, 4};

KernelEntry Entry(OpKind op, const char* name, DType weight = DType::kF32,
                  DType activation = DType::kF32,
                  const PackedLayout* layout = nullptr) {
  KernelEntry entry{op, weight, activation, &Nothing, &One, name};
  entry.layout = layout;
  return entry;
}

// The reference: fills every slot that the tiny graph needs.
std::vector<KernelEntry> Slow() {
  return {Entry(OpKind::kEmbed, "embed_slow"),
          Entry(OpKind::kEmbed, "embed_q8_slow", DType::kQ8_0),
          Entry(OpKind::kTakeOutputs, "take_slow"),
          Entry(OpKind::kRmsNorm, "norm_slow"),
          Entry(OpKind::kQuantize, "quantize_slow"),
          Entry(OpKind::kLinear, "linear_slow"),
          Entry(OpKind::kLinear, "linear_q8_slow", DType::kQ8_0),
          Entry(OpKind::kLinear, "linear_q8_a8_slow", DType::kQ8_0, DType::kA8),
          Entry(OpKind::kHead, "head_slow"),
          Entry(OpKind::kHead, "head_q8_a8_slow", DType::kQ8_0, DType::kA8),
          Entry(OpKind::kAdd, "add_slow"),
          Entry(OpKind::kAppend, "append_slow")};
}

// One backend, and what it takes to outlive the binding.
struct FakeBackend {
  explicit FakeBackend(std::string_view n, std::vector<KernelEntry> e)
      : name(n), entries(std::move(e)), backend{entries} {}
  FakeBackend(const FakeBackend&) = delete;

  std::string_view name;
  std::vector<KernelEntry> entries;
  Backend backend;
  operator NamedBackend() const { return {name, &backend}; }
};

constexpr uint32_t kE = 32;  // one block of Q8_0

// The tiny graph with E = 32, its matrix and its embedding of `dtype`.  It
// keeps the sum of every token, so all rows are computed.
Graph Tiny(DType dtype) {
  const std::vector<TensorInfo> tensors = {Tensor("embed", 8, kE, dtype),
                                           Tensor("w.weight", kE, kE, dtype),
                                           Tensor("norm", 1, kE)};
  GraphBuilder g(tensors, DType::kF32);
  const WeightId embed = g.Matrix("embed", 8, kE);
  const ValueId x = g.Embed("embed", embed);
  const ValueId y = g.Linear("w", x, g.LinearOf("w", kE, kE));
  const ValueId sum = g.Add("sum", y, x);
  g.Append("sum_append", g.Cache("sums", kE), sum);
  const ValueId last = g.TakeOutputs("last", sum);
  g.Outputs(g.RmsNorm("norm", last, g.Vector("norm", kE), 1e-5f), {embed});
  return *std::move(g).Finish();
}

std::vector<std::string> Kernels(const BoundGraph& bound, Phase phase) {
  std::vector<std::string> names;
  for (const BindReport::Line& line : bound.report.lines)
    if (line.phase == phase) names.push_back(line.kernel);
  return names;
}

StatusOr<BoundGraph> BindTo(Graph graph, std::vector<NamedBackend> backends,
                            Activations activations = Activations::kF32) {
  BindOptions options;
  options.activations = activations;
  return Bind(std::move(graph), backends, options);
}

TEST(Bind, TheReferenceRunsEveryNode) {
  const FakeBackend slow("slow", Slow());
  const auto bound = BindTo(Tiny(DType::kF32), {slow});
  ASSERT_TRUE(bound.ok()) << bound.status();
  EXPECT_THAT(
      Kernels(*bound, kDecode),
      ElementsAre("embed_slow", "linear_slow", "add_slow", "append_slow",
                  "take_slow", "norm_slow", "head_slow"));
  EXPECT_EQ(Kernels(*bound, kPrefill), Kernels(*bound, kDecode));
}

TEST(Bind, AFasterBackendWinsTheSlotsThatItFills) {
  const FakeBackend slow("slow", Slow());
  const FakeBackend fast("fast", {Entry(OpKind::kAdd, "add_fast")});
  const auto bound = BindTo(Tiny(DType::kF32), {slow, fast});
  ASSERT_TRUE(bound.ok());
  EXPECT_EQ(Kernels(*bound, kDecode)[2], "add_fast");
  EXPECT_EQ(Kernels(*bound, kDecode)[1], "linear_slow");
  EXPECT_THAT(bound->report.lines[1].refused,
              HasSubstr("fast: no kernel for Linear of F32 and F32"));
  EXPECT_THAT(bound->report.lines[2].refused, IsEmpty());
}

TEST(Bind, AKernelMayServeOnePhaseOnly) {
  const FakeBackend slow("slow", Slow());
  KernelEntry entry = Entry(OpKind::kAdd, "add_many");
  entry.phases = kPrefill;
  const FakeBackend fast("fast", {entry});
  const auto bound = BindTo(Tiny(DType::kF32), {slow, fast});
  ASSERT_TRUE(bound.ok());
  EXPECT_EQ(Kernels(*bound, kPrefill)[2], "add_many");
  EXPECT_EQ(Kernels(*bound, kDecode)[2], "add_slow");
}

TEST(Bind, AKernelMayRefuseANode) {
  const FakeBackend slow("slow", Slow());
  KernelEntry entry = Entry(OpKind::kAdd, "add_wide");
  entry.refuses = [](const KernelArgs& args) noexcept {
    return args.out.cols < 64 ? "fewer than 64 columns" : nullptr;
  };
  const FakeBackend fast("fast", {entry});
  const auto bound = BindTo(Tiny(DType::kF32), {slow, fast});
  ASSERT_TRUE(bound.ok());
  EXPECT_EQ(bound->report.lines[2].refused, "fast: fewer than 64 columns");
}

TEST(Bind, RoundsAValueOnceForAllItsReaders) {
  const FakeBackend slow("slow", Slow());
  const auto bound = BindTo(Tiny(DType::kQ8_0), {slow}, Activations::kInt8);
  ASSERT_TRUE(bound.ok()) << bound.status();
  EXPECT_THAT(Kernels(*bound, kDecode),
              ElementsAre("embed_q8_slow", "quantize_slow", "linear_q8_a8_slow",
                          "add_slow", "append_slow", "take_slow", "norm_slow",
                          "quantize_slow", "head_q8_a8_slow"));
}

// Two matrices with blocks of 32 and one with blocks of 256 read x.
TEST(Bind, ActivationsShareAScaleAsFarAsABlockOfTheWeight) {
  constexpr uint32_t kWide = 256;
  const std::vector<TensorInfo> tensors = {
      Tensor("embed", 8, kWide, DType::kQ8_0),
      Tensor("a.weight", kWide, kWide, DType::kQ8_0),
      Tensor("b.weight", kWide, kWide, DType::kQ4_K),
      Tensor("c.weight", kWide, kWide, DType::kQ8_0)};
  GraphBuilder g(tensors, DType::kF32);
  const WeightId embed = g.Matrix("embed", 8, kWide);
  const ValueId x = g.Embed("embed", embed);
  const auto read = [&](const char* name) {
    return g.Linear(name, x, g.LinearOf(name, kWide, kWide));
  };
  const ValueId a = read("a"), b = read("b"), c = read("c");
  const ValueId sum = g.Add("sum", g.Add("ab", a, b), c);
  g.Outputs(g.TakeOutputs("last", sum), {embed});
  auto entries = Slow();
  entries.push_back(
      Entry(OpKind::kLinear, "linear_q4_k_a8_slow", DType::kQ4_K, DType::kA8));
  const FakeBackend slow("slow", entries);
  const auto bound = BindTo(*std::move(g).Finish(), {slow}, Activations::kInt8);
  ASSERT_TRUE(bound.ok()) << bound.status();
  std::vector<uint32_t> widths;
  for (const Node& node : bound->graph.nodes)
    if (const auto* quantize = std::get_if<QuantizeAttrs>(&node.attrs))
      widths.push_back(quantize->width);
  EXPECT_THAT(widths, ElementsAre(32, 256, 32));  // the last for the head
}

TEST(Bind, KeepsF32ActivationsWhenAsked) {
  const FakeBackend slow("slow", Slow());
  auto entries = Slow();
  entries.push_back(Entry(OpKind::kHead, "head_q8_slow", DType::kQ8_0));
  const FakeBackend full("full", entries);
  const auto bound = BindTo(Tiny(DType::kQ8_0), {full}, Activations::kF32);
  ASSERT_TRUE(bound.ok()) << bound.status();
  EXPECT_EQ(Kernels(*bound, kDecode)[1], "linear_q8_slow");
}

TEST(Bind, AMissingKernelNamesTheNodeAndWhatEachBackendSaid) {
  auto entries = Slow();
  entries.resize(4);
  const FakeBackend slow("slow", entries);
  const auto bound = BindTo(Tiny(DType::kF32), {slow});
  EXPECT_EQ(bound.status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(bound.status().message(),
            "[w] slow: no kernel for Linear of F32 and F32");
}

TEST(Bind, PacksAWeightInTheLayoutOfTheFastestReader) {
  const FakeBackend slow("slow", Slow());
  const FakeBackend fast("fast", {Entry(OpKind::kLinear, "linear_rows8",
                                        DType::kF32, DType::kF32, &kRows8)});
  const auto bound = BindTo(Tiny(DType::kF32), {slow, fast});
  ASSERT_TRUE(bound.ok());
  EXPECT_THAT(bound->layouts, ElementsAre(nullptr, &kRows8, nullptr));
  EXPECT_EQ(Kernels(*bound, kDecode)[1], "linear_rows8");
}

TEST(Bind, ASharedWeightTakesALayoutThatAllItsReadersKnow) {
  const FakeBackend slow("slow", Slow());
  // The head would like rows8, but only rows4 has a kernel for the embedding.
  const FakeBackend fast(
      "fast",
      {Entry(OpKind::kHead, "head_rows8", DType::kF32, DType::kF32, &kRows8),
       Entry(OpKind::kHead, "head_rows4", DType::kF32, DType::kF32, &kRows4),
       Entry(OpKind::kEmbed, "embed_rows4", DType::kF32, DType::kF32,
             &kRows4)});
  const auto bound = BindTo(Tiny(DType::kF32), {slow, fast});
  ASSERT_TRUE(bound.ok());
  EXPECT_EQ(bound->layouts[0], &kRows4);
  EXPECT_EQ(Kernels(*bound, kDecode).front(), "embed_rows4");
  EXPECT_EQ(Kernels(*bound, kDecode).back(), "head_rows4");
}

TEST(Bind, PutsBarriersBetweenWriterAndReader) {
  const FakeBackend slow("slow", Slow());
  const auto bound = BindTo(Tiny(DType::kF32), {slow});
  ASSERT_TRUE(bound.ok());
  std::vector<bool> barriers;
  for (const Step& step : bound->decode.steps) barriers.push_back(step.barrier);
  EXPECT_THAT(barriers,
              ElementsAre(false, true, true, true, false, true, true));
}

TEST(Bind, SizesItsArenasByPhase) {
  const FakeBackend slow("slow", Slow());
  BindOptions options;
  options.max_tokens = 16;
  options.max_outputs = 2;
  options.activations = Activations::kF32;
  const std::vector<NamedBackend> backends{slow};
  const auto bound = Bind(Tiny(DType::kF32), backends, options);
  ASSERT_TRUE(bound.ok());
  EXPECT_EQ(bound->prefill.max_tokens, 16u);
  EXPECT_EQ(bound->prefill.max_outputs, 2u);
  EXPECT_EQ(bound->decode.max_tokens, 1u);
  // x, y and the sum of 16 rows are alive together.
  EXPECT_EQ(bound->prefill.arena_bytes, 3 * 16 * kE * sizeof(float));
}

TEST(Bind, SizesAnArenaThatNoProgramHas) {
  Graph graph = Tiny(DType::kF32);
  for (Value& value : graph.values) value.cols = 1u << 27;
  const FakeBackend slow("slow", Slow());
  BindOptions options;
  options.max_tokens = 1u << 14;
  options.activations = Activations::kF32;
  const std::vector<NamedBackend> backends{slow};
  const auto bound = Bind(std::move(graph), backends, options);
  ASSERT_TRUE(bound.ok());
  // As above, but with rows of half a gigabyte.
  EXPECT_EQ(bound->prefill.arena_bytes, uint64_t{3} << (14 + 27 + 2));
}

TEST(Bind, RefusesRowsThatAreNotWholeBlocks) {
  Graph graph = Tiny(DType::kF32);
  graph.weights[1].dtype = DType::kQ4_K;
  const FakeBackend slow("slow", Slow());
  const auto bound = BindTo(std::move(graph), {slow});
  EXPECT_EQ(bound.status().message(),
            "tensor 'w.weight': rows of 32 are not whole blocks of Q4_K");
}

TEST(Bind, AttachesWeightsToEveryCall) {
  const FakeBackend slow("slow", Slow());
  auto bound = BindTo(Tiny(DType::kF32), {slow});
  ASSERT_TRUE(bound.ok());
  const std::byte bytes[3] = {};
  const std::byte* const data[] = {&bytes[0], &bytes[1], &bytes[2]};
  bound->AttachWeights(data);
  for (const Plan* plan : {&bound->prefill, &bound->decode}) {
    EXPECT_EQ(plan->steps[0].args->weight[0].data, &bytes[0]);
    EXPECT_EQ(plan->steps[1].args->weight[0].data, &bytes[1]);
    EXPECT_EQ(plan->steps[6].args->weight[0].data, &bytes[0]);
  }
}

TEST(BindReport, IsATable) {
  const FakeBackend slow("slow", Slow());
  const auto bound = BindTo(Tiny(DType::kF32), {slow});
  ASSERT_TRUE(bound.ok());
  EXPECT_THAT(bound->report.ToString(),
              HasSubstr("decode   w           Linear       linear_slow  slow"));
}

}  // namespace
}  // namespace tenon
