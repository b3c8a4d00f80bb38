// Feeds a random model to the engine and to the oracle.
#ifndef TENON_TESTS_GOLDEN_WHOLE_MODEL_H_
#define TENON_TESTS_GOLDEN_WHOLE_MODEL_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "golden/models.h"
#include "oracle/ops.h"
#include "support/engine.h"

namespace tenon {

// One row per token.
struct Reference {
  std::vector<oracle::Vector> hidden, logits;
};

// Tiny: testing_support::TinyModel or TinyDeltaNet.
template <typename Tiny>
Reference RunOracle(const Tiny& tiny, std::span<const int32_t> tokens) {
  typename Tiny::Oracle oracle(tiny.config, tiny.weights);
  Reference reference;
  for (int32_t token : tokens) {
    oracle::OutputRow row = oracle.Feed(token);
    reference.hidden.push_back(std::move(row.hidden));
    reference.logits.push_back(std::move(row.logits));
  }
  return reference;
}

constexpr size_t kWholePrompt = 1000;  // as a piece

class WholeModelTest : public testing::Test {
 protected:
  // Makes the model and its reference for a prompt of so many tokens.
  template <typename Options>
  void Prepare(const Named<Options>& named) {
    auto tiny = MakeTiny(named);
    tokens_ = PromptFor(named, named.prompt);
    reference_ = RunOracle(tiny, tokens_);
    file_ = std::move(tiny.file);
  }

  void Load(const LoadOptions& options);
  // In pieces of the given sizes, the last of which is repeated.
  testing_support::Rows Feed(std::vector<size_t> pieces);

  void ExpectExact(const testing_support::Rows& rows);
  // As near as 8 bits of activations and 11 of the cache allow.
  void ExpectClose(const testing_support::Rows& rows, double relative,
                   double divergence);

 private:
  std::vector<std::byte> file_;
  std::vector<int32_t> tokens_;
  Reference reference_;
  std::shared_ptr<const Model> model_;
};

template <typename Options>
std::string NameOf(const testing::TestParamInfo<Named<Options>>& info) {
  return info.param.name;
}

}  // namespace tenon

#endif  // TENON_TESTS_GOLDEN_WHOLE_MODEL_H_
