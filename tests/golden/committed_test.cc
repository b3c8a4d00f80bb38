// Logits that a program outside of this project computed (see README.md):
// the oracle must agree with them, and so must the engine.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "golden/compare.h"
#include "golden/models.h"
#include "oracle/llama.h"
#include "support/engine.h"
#include "support/tiny_model.h"

namespace tenon {
namespace {

using testing_support::MakeTinyModel;

constexpr size_t kRows = 12;

// Lines of numbers; those that begin with # are comments.
std::vector<oracle::Vector> ReadTable(const std::string& name) {
  std::ifstream file(std::string(TENON_SOURCE_DIR) + "/tests/golden/data/" +
                     name + ".txt");
  std::vector<oracle::Vector> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream numbers(line);
    rows.emplace_back();
    for (double x; numbers >> x;) rows.back().push_back(x);
  }
  return rows;
}

std::vector<oracle::Vector> OracleLogits(const NamedModel& named) {
  const auto tiny = MakeTinyModel(named.options, named.seed);
  oracle::LlamaOracle oracle(tiny.config, tiny.weights);
  std::vector<oracle::Vector> rows;
  for (int32_t token : PromptFor(named, kRows))
    rows.push_back(oracle.Feed(token).logits);
  return rows;
}

TEST(CommittedLogits, AreTheOracles) {
  for (const NamedModel& named : GoldenModels()) {
    const auto table = ReadTable(named.name);
    ASSERT_EQ(table.size(), kRows) << named.name;
    // The tables were rounded to f32.
    EXPECT_LE(RelativeError(table, OracleLogits(named)), 1e-7) << named.name;
  }
}

TEST(CommittedLogits, AreTheEngines) {
  const auto registry = testing_support::LinkedRegistry(/*executors=*/false);
  ASSERT_TRUE(registry.ok()) << registry.status();
  for (const NamedModel& named : GoldenModels()) {
    const auto tiny = MakeTinyModel(named.options, named.seed);
    const auto model = testing_support::LoadModel(
        *registry, tiny.file,
        {.activations = Activations::kF32, .cache = DType::kF32});
    ASSERT_TRUE(model.ok()) << named.name << ": " << model.status();
    const auto rows = testing_support::FeedAll(*model, PromptFor(named, kRows));
    ASSERT_TRUE(rows.ok()) << named.name << ": " << rows.status();
    EXPECT_LE(RelativeError(ReadTable(named.name), rows->logits), 2e-5)
        << named.name;
  }
}

}  // namespace
}  // namespace tenon
