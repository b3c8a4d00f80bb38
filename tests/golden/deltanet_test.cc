// Whole DeltaNet hybrids: the engine against the oracle.
#include <gtest/gtest.h>

#include "golden/models.h"
#include "golden/whole_model.h"

namespace tenon {
namespace {

class DeltaNet : public WholeModelTest,
                 public testing::WithParamInterface<NamedDeltaNet> {
 protected:
  void SetUp() override { Prepare(GetParam()); }
};

TEST_P(DeltaNet, IsExactInF32HoweverItIsFed) {
  // Steps of up to 70 tokens: more than one chunk of 64.
  Load({.activations = Activations::kF32,
        .cache = DType::kF32,
        .max_tokens = 70});
  if (HasFatalFailure()) return;
  ExpectExact(Feed({kWholePrompt}));
  ExpectExact(Feed({1}));
  ExpectExact(Feed({2, 1, 3, 1, 1, 31, 17}));
}

TEST_P(DeltaNet, StaysCloseWithInt8AndAHalfPrecisionCache) {
  Load({});
  if (HasFatalFailure()) return;
  // Rounding also turns the choice between experts that are nearly equal.
  const double slack = GetParam().options.experts > 0 ? 2 : 1;
  for (size_t piece : {kWholePrompt, size_t{1}})
    ExpectClose(Feed({piece}), 0.1 * slack, 0.02 * slack);
}

INSTANTIATE_TEST_SUITE_P(Dense, DeltaNet, testing::ValuesIn(DeltaNets()),
                         NameOf<testing_support::TinyDeltaNetOptions>);
INSTANTIATE_TEST_SUITE_P(Experts, DeltaNet,
                         testing::ValuesIn(ExpertDeltaNets()),
                         NameOf<testing_support::TinyDeltaNetOptions>);

}  // namespace
}  // namespace tenon
