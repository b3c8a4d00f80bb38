// Logits that a program outside of this project computed (see README.md):
// the oracle must agree with them, and so must the engine.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "golden/compare.h"
#include "golden/models.h"
#include "golden/whole_model.h"
#include "support/engine.h"

namespace tenon {
namespace {

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

template <typename Options>
void ExpectTheOracles(const Named<Options>& named) {
  const auto table = ReadTable(named.name);
  ASSERT_EQ(table.size(), kGoldenRows) << named.name;
  const Reference reference =
      RunOracle(MakeTiny(named), PromptFor(named, kGoldenRows));
  // The tables were rounded to f32.
  EXPECT_LE(RelativeError(table, reference.logits), 1e-7) << named.name;
}

template <typename Options>
void ExpectTheEngines(const Registry& registry, const Named<Options>& named) {
  const auto tiny = MakeTiny(named);
  const auto model = testing_support::LoadModel(
      registry, tiny.file,
      {.activations = Activations::kF32, .cache = DType::kF32});
  ASSERT_TRUE(model.ok()) << named.name << ": " << model.status();
  const auto rows =
      testing_support::FeedAll(*model, PromptFor(named, kGoldenRows));
  ASSERT_TRUE(rows.ok()) << named.name << ": " << rows.status();
  EXPECT_LE(RelativeError(ReadTable(named.name), rows->logits), 2e-5)
      << named.name;
}

TEST(CommittedLogits, AreTheOracles) {
  for (const NamedModel& named : GoldenModels()) ExpectTheOracles(named);
  for (const NamedDeltaNet& named : GoldenDeltaNets()) ExpectTheOracles(named);
}

TEST(CommittedLogits, AreTheEngines) {
  const auto registry = testing_support::LinkedRegistry(/*executors=*/false);
  ASSERT_TRUE(registry.ok()) << registry.status();
  for (const NamedModel& named : GoldenModels())
    ExpectTheEngines(*registry, named);
  for (const NamedDeltaNet& named : GoldenDeltaNets())
    ExpectTheEngines(*registry, named);
}

}  // namespace
}  // namespace tenon
