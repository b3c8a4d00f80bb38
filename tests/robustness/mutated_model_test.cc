// A thousand broken copies of a model file: each gives one clear error or runs.
// Sanitizers watch.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "support/engine.h"
#include "support/pack.h"
#include "support/random.h"
#include "support/tiny_model.h"
#include "tenon/model_file.h"

namespace tenon {
namespace {

using testing_support::LinkedRegistry;
using testing_support::LoadModel;
using testing_support::MakeTinyModel;
using testing_support::PackInMemory;
using testing_support::Rng;

using Bytes = std::vector<std::byte>;

uint64_t InterestingNumber(Rng& rng) {
  constexpr uint64_t kNumbers[] = {0,
                                   1,
                                   2,
                                   0x7f,
                                   0xff,
                                   0x7fff,
                                   0x10000,
                                   0x7fffffff,
                                   0x80000000,
                                   0xffffffff,
                                   0x7ff0000000000000,
                                   0x7fffffffffffffff,
                                   0x8000000000000000,
                                   0xffffffffffffffff};
  return rng.Below(4) == 0 ? rng.Next()
                           : kNumbers[rng.Below(std::size(kNumbers))];
}

void OverwriteNumber(Bytes& file, size_t at, Rng& rng) {
  const uint64_t number = InterestingNumber(rng);
  const size_t bytes = size_t{1} << rng.Below(4);
  std::memcpy(&file[at], &number, std::min(bytes, file.size() - at));
}

void Mutate(Bytes& file, size_t header, Rng& rng) {
  // Nearly always in the header: the data are numbers, any of which is right.
  const size_t limit = rng.Below(10) == 0 ? file.size() : header;
  const size_t at =
      rng.Below(static_cast<uint32_t>(std::min(limit, file.size())));
  const auto begin = file.begin() + static_cast<ptrdiff_t>(at);
  switch (rng.Below(8)) {
    case 0:
      file.resize(at);
      break;
    case 1:
      file[at] ^= static_cast<std::byte>(1u << rng.Below(8));
      break;
    case 2:
      file[at] = static_cast<std::byte>(rng.Next());
      break;
    case 3:
      file.insert(begin, 1 + rng.Below(64), static_cast<std::byte>(rng.Next()));
      break;
    case 4:
      file.erase(begin, begin + std::min<ptrdiff_t>(1 + rng.Below(64),
                                                    file.end() - begin));
      break;
    default:
      OverwriteNumber(file, at, rng);
  }
}

Status LoadAndRun(const Registry& registry, const Bytes& file,
                  Activations activations) {
  TENON_ASSIGN_OR_RETURN(
      const auto model,
      LoadModel(registry, file, {.activations = activations, .max_tokens = 4}));
  TENON_ASSIGN_OR_RETURN(const auto session,
                         Session::Create(model, {.context_size = 8}));
  const int32_t last = static_cast<int32_t>(model->shape().vocab_size) - 1;
  const int32_t prompt[] = {0, last, 0};
  TENON_RETURN_IF_ERROR(session->Feed(prompt).status());
  return session->Feed({&last, 1}).status();
}

// Where the tensor data begins, roughly: behind the last tensor's name.
size_t HeaderBytes(const Bytes& file) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()),
                              file.size());
  return text.find("output_norm.weight") + 64;
}

// Of a packed file: docs/packed-files.md.
size_t ManifestBytes(const Bytes& file) {
  uint32_t size;
  std::memcpy(&size, file.data(), sizeof(size));
  return sizeof(size) + size;
}

// Gives a packed file the checksum that its manifest ought to have: what is
// behind that is to be reached.
void SealPacked(Bytes& file) {
  const bool is_packed =
      file.size() >= 12 && std::memcmp(&file[8], "TNNM", 4) == 0;
  if (!is_packed || ManifestBytes(file) + 8 > file.size()) return;
  const auto manifest = std::span(file).first(ManifestBytes(file));
  const uint64_t checksum = ChecksumOf(manifest);
  std::memcpy(&file[manifest.size()], &checksum, sizeof(checksum));
}

Bytes Original() {
  return MakeTinyModel({.layers = 1,
                        .feed_forward = 64,
                        .matrices = DType::kQ8_0,
                        .all_biases = true,
                        .rope_freqs = true,
                        .stretch = oracle::Stretch::kYarn},
                       1)
      .file;
}

void ExpectClear(const Status& status) {
  const std::string_view message = status.message();
  EXPECT_GT(message.size(), 10u);
  EXPECT_LT(message.size(), 1000u);
  EXPECT_EQ(message.find('\n'), message.npos) << message;
}

// How many of a thousand mutations of `original` are refused.
size_t CountRefused(const Registry& registry, const Bytes& original,
                    size_t header) {
  Rng rng(20);
  size_t refused = 0;
  for (int i = 0; i < 1000; ++i) {
    SCOPED_TRACE(i);
    Bytes file = original;
    const uint32_t mutations = 1 + rng.Below(3);
    for (uint32_t m = 0; m < mutations && !file.empty(); ++m)
      Mutate(file, header, rng);
    SealPacked(file);
    // On the heap and exactly as long as it is, so that reading past the end
    // is seen.
    const Bytes exact(file.begin(), file.end());
    const Status status = LoadAndRun(
        registry, exact, i % 2 ? Activations::kInt8 : Activations::kF32);
    if (status.ok()) continue;
    ++refused;
    ExpectClear(status);
  }
  return refused;
}

TEST(MutatedModels, GiveAClearErrorOrRun) {
  const auto registry = LinkedRegistry(/*executors=*/false);
  ASSERT_TRUE(registry.ok()) << registry.status();
  const Bytes original = Original();
  ASSERT_TRUE(LoadAndRun(*registry, original, Activations::kInt8).ok());
  const size_t refused =
      CountRefused(*registry, original, HeaderBytes(original));
  EXPECT_GT(refused, 500u);  // the mutations do break things
  EXPECT_LT(refused, 1000u);
}

TEST(MutatedPackedModels, GiveAClearErrorOrRun) {
  const auto registry = LinkedRegistry(/*executors=*/false);
  ASSERT_TRUE(registry.ok()) << registry.status();
  const auto packed = PackInMemory(*registry, Original(), {});
  ASSERT_TRUE(packed.ok()) << packed.status();
  const Bytes original(packed->data(), packed->data() + packed->size());
  ASSERT_TRUE(LoadAndRun(*registry, original, Activations::kInt8).ok());
  const size_t refused =
      CountRefused(*registry, original, ManifestBytes(original));
  EXPECT_GT(refused, 300u);
  EXPECT_LT(refused, 1000u);
}

}  // namespace
}  // namespace tenon
