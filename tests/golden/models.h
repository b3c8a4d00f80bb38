// The tiny models that the tests of this folder run.
#ifndef TENON_TESTS_GOLDEN_MODELS_H_
#define TENON_TESTS_GOLDEN_MODELS_H_

#include <ostream>
#include <string>
#include <vector>

#include "support/random.h"
#include "support/tiny_deltanet.h"
#include "support/tiny_model.h"

namespace tenon {

template <typename Options>
struct Named {
  std::string name;
  Options options;
  uint64_t seed;
  size_t prompt = 40;  // how many tokens the test feeds

  friend void PrintTo(const Named& model, std::ostream* out) {
    *out << model.name;
  }
};
using NamedModel = Named<testing_support::TinyModelOptions>;
using NamedDeltaNet = Named<testing_support::TinyDeltaNetOptions>;

// One of each thing that a file of the Llama family may say.
std::vector<NamedModel> FamilyModels();
// One for each weight type.
std::vector<NamedModel> WeightTypeModels();

// One of each thing that a file of a dense DeltaNet hybrid may say.
std::vector<NamedDeltaNet> DeltaNets();
// Mixtures of experts.
std::vector<NamedDeltaNet> ExpertDeltaNets();

// Those whose logits are committed in data/.  Change nothing about them.
std::vector<NamedModel> GoldenModels();
std::vector<NamedDeltaNet> GoldenDeltaNets();
constexpr size_t kGoldenRows = 12;

inline testing_support::TinyModel MakeTiny(const NamedModel& model) {
  return testing_support::MakeTinyModel(model.options, model.seed);
}
inline testing_support::TinyDeltaNet MakeTiny(const NamedDeltaNet& model) {
  return testing_support::MakeTinyDeltaNet(model.options, model.seed);
}

// What every test feeds: `count` tokens of the model's vocabulary.
template <typename Options>
std::vector<int32_t> PromptFor(const Named<Options>& model, size_t count) {
  return testing_support::RandomTokens(count, model.options.vocabulary,
                                       model.seed + 5000);
}

}  // namespace tenon

#endif  // TENON_TESTS_GOLDEN_MODELS_H_
