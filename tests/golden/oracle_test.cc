// Whole models of the Llama family: the engine against the oracle.
#include <gtest/gtest.h>

#include "golden/models.h"
#include "golden/whole_model.h"

namespace tenon {
namespace {

class WholeModel : public WholeModelTest,
                   public testing::WithParamInterface<NamedModel> {
 protected:
  void SetUp() override { Prepare(GetParam()); }
};

TEST_P(WholeModel, IsExactInF32HoweverItIsFed) {
  // Steps of at most 16 tokens, so that a long piece is several.
  Load({.activations = Activations::kF32,
        .cache = DType::kF32,
        .max_tokens = 16});
  if (HasFatalFailure()) return;
  ExpectExact(Feed({kWholePrompt}));
  ExpectExact(Feed({1}));
  ExpectExact(Feed({3, 1, 17, 1, 1, 5, 7}));
}

TEST_P(WholeModel, StaysCloseWithInt8AndAHalfPrecisionCache) {
  Load({});
  if (HasFatalFailure()) return;
  for (size_t piece : {kWholePrompt, size_t{1}})
    ExpectClose(Feed({piece}), 0.1, 0.02);
}

INSTANTIATE_TEST_SUITE_P(Family, WholeModel, testing::ValuesIn(FamilyModels()),
                         NameOf<testing_support::TinyModelOptions>);
INSTANTIATE_TEST_SUITE_P(WeightTypes, WholeModel,
                         testing::ValuesIn(WeightTypeModels()),
                         NameOf<testing_support::TinyModelOptions>);

}  // namespace
}  // namespace tenon
