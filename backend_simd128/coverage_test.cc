// Which nodes of whole models this backend leaves to backend_scalar.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <span>
#include <string>

#include "support/engine.h"
#include "support/tiny_deltanet.h"
#include "support/tiny_model.h"

namespace tenon {
namespace {

using testing::IsEmpty;
using testing_support::TinyModelOptions;

// What only copies, what computes angles in f64, and mixtures of experts.
const std::set<OpKind> kLeftToScalar = {
    OpKind::kTakeOutputs, OpKind::kSlice, OpKind::kConcat,
    OpKind::kRopeAngles,  OpKind::kRoute, OpKind::kExpertLinear,
    OpKind::kExpertSum,
};

std::set<std::string> FallenBack(const Model& model) {
  std::set<std::string> nodes;
  for (const BindReport::Line& line : model.bound().report.lines)
    if (line.backend == "backend_scalar" && !kLeftToScalar.contains(line.op))
      nodes.insert(line.node + ": " + line.refused);
  return nodes;
}

std::shared_ptr<const Model> Load(std::span<const std::byte> file) {
  const auto registry = testing_support::LinkedRegistry(/*executors=*/false);
  if (!registry.ok()) return nullptr;
  const auto model = testing_support::LoadModel(
      *registry, file, {.backends = {"backend_scalar", "backend_simd128"}});
  EXPECT_TRUE(model.ok()) << model.status();
  return model.value_or(nullptr);
}

void ExpectCovered(std::span<const std::byte> file) {
  const auto model = Load(file);
  ASSERT_NE(model, nullptr);
  EXPECT_THAT(FallenBack(*model), IsEmpty())
      << model->bound().report.ToString();
}

void ExpectCovered(const TinyModelOptions& options) {
  ExpectCovered(testing_support::MakeTinyModel(options, /*seed=*/1).file);
}

TinyModelOptions Quantised(DType dtype) {
  return {.embedding = 256,
          .heads = 8,
          .kv_heads = 2,
          .head_dim = 32,
          .feed_forward = 256,
          .matrices = dtype};
}

TEST(Coverage, LeavesNoNodeOfALlamaToScalar) {
  for (const DType dtype :
       {DType::kF32, DType::kF16, DType::kBF16, DType::kQ4_0, DType::kQ4_1,
        DType::kQ5_0, DType::kQ5_1, DType::kQ8_0, DType::kQ2_K, DType::kQ3_K,
        DType::kQ4_K, DType::kQ5_K, DType::kQ6_K, DType::kIQ4_NL,
        DType::kIQ4_XS}) {
    SCOPED_TRACE(Name(dtype));
    ExpectCovered(Quantised(dtype));
  }
}

TEST(Coverage, LeavesNoNodeOfAQwenToScalar) {
  ExpectCovered({.architecture = "qwen2"});
  ExpectCovered({.architecture = "qwen3", .head_dim = 16});
}

TEST(Coverage, LeavesNoNodeOfAHybridToScalar) {
  for (const DType dtype : {DType::kF32, DType::kF16, DType::kQ8_0}) {
    SCOPED_TRACE(Name(dtype));
    const auto tiny = testing_support::MakeTinyDeltaNet({.embedding = 64,
                                                         .state_size = 16,
                                                         .feed_forward = 96,
                                                         .matrices = dtype},
                                                        /*seed=*/1);
    ExpectCovered(tiny.file);
  }
}

std::string LayoutOfEmbedding(const Model& model) {
  for (const BindReport::Line& line : model.bound().report.lines)
    if (line.op == OpKind::kEmbed) return line.layout;
  return "no embedding";
}

// A tied embedding is stored once, as the head wants it; one that nothing
// multiplies stays in the file.
TEST(Coverage, PacksTheEmbeddingOnlyWhereItIsTied) {
  TinyModelOptions options = Quantised(DType::kQ4_0);
  const auto tied = Load(testing_support::MakeTinyModel(options, 1).file);
  ASSERT_NE(tied, nullptr);
  EXPECT_EQ(LayoutOfEmbedding(*tied), "q4_0_rows8");
  options.tied = false;
  const auto untied = Load(testing_support::MakeTinyModel(options, 1).file);
  ASSERT_NE(untied, nullptr);
  EXPECT_EQ(LayoutOfEmbedding(*untied), "rows");
}

}  // namespace
}  // namespace tenon
