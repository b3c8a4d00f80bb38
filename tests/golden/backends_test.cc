// Whole models have the same bytes on every stack of backends: all kernels of
// this tree promise to be exact.
#include <gtest/gtest.h>

#include <string>
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
Rows Run(std::span<const std::byte> file, std::span<const int32_t> prompt,
         const LoadOptions& options) {
  const auto registry = LinkedRegistry(/*executors=*/false);
  if (!registry.ok()) return {};
  const auto model = LoadModel(*registry, file, options);
  EXPECT_TRUE(model.ok()) << model.status();
  if (!model.ok()) return {};
  const size_t pieces[] = {19, 1, 2, 1};
  const auto rows = FeedAll(*model, prompt, pieces);
  EXPECT_TRUE(rows.ok()) << rows.status();
  return rows.value_or(Rows());
}

template <typename Options>
void ExpectSameOnAnyBackend(const std::vector<Named<Options>>& models) {
  for (const Named<Options>& named : models) {
    const auto file = MakeTiny(named).file;
    const auto prompt = PromptFor(named, named.prompt);
    for (Activations activations : {Activations::kF32, Activations::kInt8})
      for (DType cache : {DType::kF32, DType::kF16}) {
        LoadOptions all{.activations = activations, .cache = cache};
        LoadOptions reference = all;
        reference.backends = {"backend_scalar"};
        const Rows expected = Run(file, prompt, reference);
        ASSERT_EQ(expected.logits.size(), prompt.size()) << named.name;
        EXPECT_TRUE(Run(file, prompt, all) == expected)
            << named.name << ", cache " << Name(cache) << ", activations "
            << (activations == Activations::kF32 ? "f32" : "int8");
      }
  }
}

TEST(Backends, AgreeAboutTheLlamaFamily) {
  ExpectSameOnAnyBackend(FamilyModels());
}

TEST(Backends, AgreeAboutEveryWeightType) {
  ExpectSameOnAnyBackend(WeightTypeModels());
}

TEST(Backends, AgreeAboutHybrids) { ExpectSameOnAnyBackend(DeltaNets()); }

TEST(Backends, AgreeAboutHybridsOfExperts) {
  ExpectSameOnAnyBackend(ExpertDeltaNets());
}

}  // namespace
}  // namespace tenon
