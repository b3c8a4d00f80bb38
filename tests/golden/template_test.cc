// The plugin that people copy computes what its formulas say.
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "golden/compare.h"
#include "oracle/ops.h"
#include "support/engine.h"
#include "support/gguf_writer.h"
#include "support/random.h"

namespace tenon {
namespace {

using oracle::Matrix;
using oracle::Vector;

constexpr uint32_t kE = 24, kF = 40, kV = 50;
constexpr float kEps = 1e-5f;

// The model's tensors, as the file and the formulas need them.
struct Template {
  Matrix embedding, gate, up, down;
  Vector ffn_norm, output_norm;
  std::vector<std::byte> file;
};

Matrix Add(GgufWriter& file, const std::string& name, uint32_t rows,
           uint32_t cols, testing_support::Rng& rng) {
  const auto bytes = testing_support::RandomElements(
      DType::kF32, size_t{rows} * cols, 0.4, rng);
  std::vector<uint64_t> dims = {cols};
  if (rows > 1) dims.push_back(rows);
  file.AddTensor(name, dims, DType::kF32, bytes);
  return {rows, cols, testing_support::Decode(DType::kF32, bytes)};
}

Template MakeTemplate() {
  testing_support::Rng rng(3);
  GgufWriter file;
  file.Put("general.architecture", "template_arch")
      .Put("template_arch.block_count", uint32_t{1})
      .Put("template_arch.embedding_length", kE)
      .Put("template_arch.feed_forward_length", kF)
      .Put("template_arch.context_length", uint32_t{64})
      .Put("template_arch.attention.layer_norm_rms_epsilon", kEps);
  Template t;
  t.embedding = Add(file, "token_embd.weight", kV, kE, rng);
  t.ffn_norm = Add(file, "blk.0.ffn_norm.weight", 1, kE, rng).values;
  t.gate = Add(file, "blk.0.ffn_gate.weight", kF, kE, rng);
  t.up = Add(file, "blk.0.ffn_up.weight", kF, kE, rng);
  t.down = Add(file, "blk.0.ffn_down.weight", kE, kF, rng);
  t.output_norm = Add(file, "output_norm.weight", 1, kE, rng).values;
  t.file = file.Bytes();
  return t;
}

Vector Logits(const Template& t, int32_t token) {
  const auto row = t.embedding.row(static_cast<size_t>(token));
  Vector x(row.begin(), row.end());
  const Vector f = oracle::RmsNorm(x, t.ffn_norm, double{kEps});
  const Vector act =
      oracle::SwiGlu(oracle::Linear(t.gate, f), oracle::Linear(t.up, f));
  const Vector down = oracle::Linear(t.down, act);
  for (size_t i = 0; i < x.size(); ++i) x[i] += down[i];
  return oracle::Linear(t.embedding,
                        oracle::RmsNorm(x, t.output_norm, double{kEps}));
}

TEST(TemplateArch, ComputesWhatItsFormulasSay) {
  const Template t = MakeTemplate();
  const std::vector<int32_t> tokens = {3, 49, 0, 3};
  std::vector<Vector> expected;
  for (int32_t token : tokens) expected.push_back(Logits(t, token));

  const auto registry = testing_support::LinkedRegistry(/*executors=*/false);
  ASSERT_TRUE(registry.ok()) << registry.status();
  const auto model = testing_support::LoadModel(
      *registry, t.file, {.activations = Activations::kF32});
  ASSERT_TRUE(model.ok()) << model.status();
  const auto rows = testing_support::FeedAll(*model, tokens);
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_LE(RelativeError(expected, rows->logits), 2e-6);
}

}  // namespace
}  // namespace tenon
