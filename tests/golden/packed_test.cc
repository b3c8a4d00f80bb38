// A packed file gives the bits of the file that it was made from, whatever
// backends it was packed for and whichever load it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "golden/models.h"
#include "support/engine.h"
#include "support/pack.h"

namespace tenon {
namespace {

using testing_support::FeedAll;
using testing_support::LinkedRegistry;
using testing_support::LoadModel;
using testing_support::PackInMemory;
using testing_support::Rows;

const Registry& Linked() {
  static const Registry registry = *LinkedRegistry(/*executors=*/false);
  return registry;
}

struct Run {
  Rows rows;
  std::shared_ptr<const Model> model;
};

// In pieces of several sizes, so that both plans run.
Run RunModel(std::span<const std::byte> file, std::span<const int32_t> prompt,
             const LoadOptions& options) {
  const auto model = LoadModel(Linked(), file, options);
  EXPECT_TRUE(model.ok()) << model.status();
  if (!model.ok()) return {};
  const size_t pieces[] = {19, 1, 2, 1};
  const auto rows = FeedAll(*model, prompt, pieces);
  EXPECT_TRUE(rows.ok()) << rows.status();
  return {rows.value_or(Rows()), *model};
}

AlignedBuffer Packed(std::span<const std::byte> file,
                     const LoadOptions& options) {
  auto packed = PackInMemory(Linked(), file, options);
  EXPECT_TRUE(packed.ok()) << packed.status();
  return packed.ok() ? *std::move(packed) : AlignedBuffer();
}

// The bytes of the file that a weight is made of or in.
bool IsInside(const std::byte* data, std::span<const std::byte> file) {
  return data >= file.data() && data < file.data() + file.size();
}

bool UsesAllWeightsIn(std::span<const std::byte> file, const Model& model) {
  for (const KernelArgs& args : model.bound().args)
    for (const WeightRef& weight : args.weight)
      if (weight.data != nullptr && !IsInside(weight.data, file)) return false;
  return true;
}

const LoadOptions kInt8{};
const LoadOptions kF32{.activations = Activations::kF32};
const LoadOptions kScalar{.backends = {"backend_scalar"}};

// `file` as GGUF, packed for all backends, and packed for one that wants plain
// rows.
void ExpectSameBits(std::span<const std::byte> file,
                    std::span<const int32_t> prompt) {
  const AlignedBuffer fast = Packed(file, kInt8), rows = Packed(file, kScalar);
  for (const LoadOptions& options : {kInt8, kF32, kScalar}) {
    const Rows expected = RunModel(file, prompt, options).rows;
    ASSERT_EQ(expected.logits.size(), prompt.size());
    EXPECT_TRUE(RunModel({fast.data(), fast.size()}, prompt, options).rows ==
                expected);
    EXPECT_TRUE(RunModel({rows.data(), rows.size()}, prompt, options).rows ==
                expected);
  }
}

template <typename Options>
void ExpectSameBitsOf(const std::vector<Named<Options>>& models) {
  for (const Named<Options>& named : models) {
    SCOPED_TRACE(named.name);
    ExpectSameBits(MakeTiny(named).file, PromptFor(named, named.prompt));
  }
}

TEST(PackedFile, HasTheBitsOfEveryWeightType) {
  ExpectSameBitsOf(WeightTypeModels());
}

TEST(PackedFile, HasTheBitsOfTheLlamaFamily) {
  ExpectSameBitsOf(FamilyModels());
}

TEST(PackedFile, HasTheBitsOfHybrids) { ExpectSameBitsOf(DeltaNets()); }

TEST(PackedFile, HasTheBitsOfHybridsOfExperts) {
  ExpectSameBitsOf(ExpertDeltaNets());
}

std::vector<std::byte> Shipped(const std::string& name) {
  std::ifstream stream(TENON_SOURCE_DIR "/models/" + name, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

TEST(PackedFile, HasTheBitsOfTheModelsThatShip) {
  const int32_t prompt[] = {1, 40, 300, 77, 5, 900, 12, 13, 14, 15};
  for (const char* name : {"tiny-llama.gguf", "tiny-deltanet.gguf"}) {
    SCOPED_TRACE(name);
    ExpectSameBits(Shipped(name), prompt);
  }
}

TEST(PackedFile, IsUsedInPlaceByTheBackendsThatItWasPackedFor) {
  for (const char* name : {"tiny-llama.gguf", "tiny-deltanet.gguf"}) {
    const auto gguf = Shipped(name);
    for (const LoadOptions& options : {kInt8, kF32, kScalar}) {
      const AlignedBuffer packed = Packed(gguf, options);
      const std::span<const std::byte> file(packed.data(), packed.size());
      EXPECT_TRUE(UsesAllWeightsIn(file, *RunModel(file, {}, options).model));
    }
  }
}

// Else the test above would prove nothing.
TEST(PackedFile, IsRepackedForOthers) {
  const AlignedBuffer packed = Packed(Shipped("tiny-llama.gguf"), kInt8);
  const std::span<const std::byte> file(packed.data(), packed.size());
  const auto model = RunModel(file, {}, kScalar).model;
  const bool has_layouts = std::ranges::any_of(
      model->file().tensors,
      [](const TensorInfo& tensor) { return !tensor.layout.empty(); });
  EXPECT_EQ(UsesAllWeightsIn(file, *model), !has_layouts);
  EXPECT_EQ(has_layouts, Linked().Find("backend_simd128") != nullptr);
}

TEST(PackedFile, IsTheSameWhenItIsPackedAgain) {
  const AlignedBuffer once = Packed(Shipped("tiny-deltanet.gguf"), kInt8);
  const AlignedBuffer rows = Packed({once.data(), once.size()}, kScalar);
  const AlignedBuffer again = Packed({rows.data(), rows.size()}, kInt8);
  EXPECT_TRUE(std::ranges::equal(std::span(once.data(), once.size()),
                                 std::span(again.data(), again.size())));
}

TEST(PackedFile, ThatWasChangedIsNotPackedAgain) {
  AlignedBuffer packed = Packed(Shipped("tiny-llama.gguf"), kInt8);
  packed.data()[packed.size() - 1] ^= std::byte{1};
  const auto again =
      PackInMemory(Linked(), {packed.data(), packed.size()}, kInt8);
  EXPECT_EQ(again.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(again.status().message()),
              testing::HasSubstr("its bytes were changed"));
}

}  // namespace
}  // namespace tenon
