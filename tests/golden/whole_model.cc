#include "golden/whole_model.h"

#include "golden/compare.h"

namespace tenon {

void WholeModelTest::Load(const LoadOptions& options) {
  const auto registry = testing_support::LinkedRegistry(/*executors=*/false);
  ASSERT_TRUE(registry.ok()) << registry.status();
  const auto model = testing_support::LoadModel(*registry, file_, options);
  ASSERT_TRUE(model.ok()) << model.status();
  model_ = *model;
}

testing_support::Rows WholeModelTest::Feed(std::vector<size_t> pieces) {
  const auto rows = testing_support::FeedAll(model_, tokens_, pieces);
  EXPECT_TRUE(rows.ok()) << rows.status();
  return rows.value_or(testing_support::Rows());
}

void WholeModelTest::ExpectExact(const testing_support::Rows& rows) {
  EXPECT_LE(RelativeError(reference_.logits, rows.logits), 2e-5);
  EXPECT_LE(RelativeError(reference_.hidden, rows.hidden), 2e-5);
}

void WholeModelTest::ExpectClose(const testing_support::Rows& rows,
                                 double relative, double divergence) {
  EXPECT_LE(RelativeError(reference_.logits, rows.logits), relative);
  EXPECT_LE(RelativeError(reference_.hidden, rows.hidden), relative);
  ASSERT_EQ(rows.logits.size(), tokens_.size());
  EXPECT_LE(MeanDivergence(reference_.logits, rows.logits), divergence);
}

}  // namespace tenon
