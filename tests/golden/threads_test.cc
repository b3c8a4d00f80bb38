// Any number of threads gives the same bytes as none.
#include <gtest/gtest.h>

#include <vector>

#include "golden/models.h"
#include "support/engine.h"

namespace tenon {
namespace {

using testing_support::FeedAll;
using testing_support::LinkedRegistry;
using testing_support::LoadModel;
using testing_support::Rows;

// Pieces of several sizes, so that both plans run.
template <typename Options>
Rows Run(const Named<Options>& named, bool executors, uint32_t threads,
         Activations activations) {
  const auto tiny = MakeTiny(named);
  const auto registry = LinkedRegistry(executors);
  if (!registry.ok()) return {};
  const auto model = LoadModel(
      *registry, tiny.file, {.activations = activations, .threads = threads});
  EXPECT_TRUE(model.ok()) << model.status();
  if (!model.ok()) return {};
  if (executors) {
    EXPECT_EQ((*model)->executor().workers(), threads);
  }
  const size_t pieces[] = {19, 1, 2, 1};
  const auto rows = FeedAll(*model, PromptFor(named, 30), pieces);
  EXPECT_TRUE(rows.ok()) << rows.status();
  return rows.value_or(Rows());
}

template <typename Options>
void ExpectSameForAnyThreads(const Named<Options>& named) {
  for (Activations activations : {Activations::kF32, Activations::kInt8}) {
    const Rows alone = Run(named, /*executors=*/false, 0, activations);
    ASSERT_EQ(alone.logits.size(), 30u) << named.name;
    for (uint32_t threads : {1, 2, 3, 4, 8})
      EXPECT_TRUE(Run(named, true, threads, activations) == alone)
          << named.name << ", " << threads << " threads";
  }
}

TEST(Threads, DoNotChangeAModelOfOddSizes) {
  ExpectSameForAnyThreads(FamilyModels()[1]);
}

TEST(Threads, DoNotChangeAQuantisedModel) {
  for (const NamedModel& named : WeightTypeModels())
    if (named.name == "Q4_0" || named.name == "Q6_K")
      ExpectSameForAnyThreads(named);
}

TEST(Threads, DoNotChangeAHybridOfExperts) {
  ExpectSameForAnyThreads(ExpertDeltaNets().front());
}

}  // namespace
}  // namespace tenon
