// Whole models: the engine against the oracle.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "golden/compare.h"
#include "golden/models.h"
#include "oracle/llama.h"
#include "support/engine.h"
#include "support/tiny_model.h"

namespace tenon {

void PrintTo(const NamedModel& model, std::ostream* out) { *out << model.name; }

namespace {

using testing_support::FeedAll;
using testing_support::LinkedRegistry;
using testing_support::LoadModel;
using testing_support::MakeTinyModel;
using testing_support::Rows;
using testing_support::TinyModel;

struct Reference {
  std::vector<oracle::Vector> hidden, logits;
};

Reference RunOracle(const TinyModel& tiny, std::span<const int32_t> tokens) {
  oracle::LlamaOracle oracle(tiny.config, tiny.weights);
  Reference reference;
  for (int32_t token : tokens) {
    oracle::LlamaOracle::Row row = oracle.Feed(token);
    reference.hidden.push_back(std::move(row.hidden));
    reference.logits.push_back(std::move(row.logits));
  }
  return reference;
}

class WholeModel : public testing::TestWithParam<NamedModel> {
 protected:
  void SetUp() override {
    tiny_ = MakeTinyModel(GetParam().options, GetParam().seed);
    tokens_ = PromptFor(GetParam(), 40);
    reference_ = RunOracle(tiny_, tokens_);
  }

  void Load(const LoadOptions& options) {
    const StatusOr<Registry> registry = LinkedRegistry(/*executors=*/false);
    ASSERT_TRUE(registry.ok()) << registry.status();
    const auto model = LoadModel(*registry, tiny_.file, options);
    ASSERT_TRUE(model.ok()) << model.status();
    model_ = *model;
  }

  Rows Feed(std::vector<size_t> pieces) {
    const StatusOr<Rows> rows = FeedAll(model_, tokens_, pieces);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.value_or(Rows());
  }

  void ExpectExact(const Rows& rows) {
    EXPECT_LE(RelativeError(reference_.logits, rows.logits), 2e-5);
    EXPECT_LE(RelativeError(reference_.hidden, rows.hidden), 2e-5);
  }

  TinyModel tiny_;
  std::vector<int32_t> tokens_;
  Reference reference_;
  std::shared_ptr<const Model> model_;
};

constexpr size_t kAll = 1000;

TEST_P(WholeModel, IsExactInF32HoweverItIsFed) {
  // Steps of at most 16 tokens, so that a long piece is several.
  Load({.activations = Activations::kF32,
        .cache = DType::kF32,
        .max_tokens = 16});
  if (HasFatalFailure()) return;
  ExpectExact(Feed({kAll}));
  ExpectExact(Feed({1}));
  ExpectExact(Feed({3, 1, 17, 1, 1, 5, 7}));
}

TEST_P(WholeModel, StaysCloseWithInt8AndAHalfPrecisionCache) {
  Load({});
  if (HasFatalFailure()) return;
  for (size_t piece : {kAll, size_t{1}}) {
    const Rows rows = Feed({piece});
    EXPECT_LE(RelativeError(reference_.logits, rows.logits), 0.1);
    EXPECT_LE(RelativeError(reference_.hidden, rows.hidden), 0.1);
    ASSERT_EQ(rows.logits.size(), tokens_.size());
    EXPECT_LE(MeanDivergence(reference_.logits, rows.logits), 0.02);
  }
}

std::string NameOf(const testing::TestParamInfo<NamedModel>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Family, WholeModel, testing::ValuesIn(FamilyModels()),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(WeightTypes, WholeModel,
                         testing::ValuesIn(WeightTypeModels()), NameOf);

}  // namespace
}  // namespace tenon
