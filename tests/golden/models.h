// The tiny models that the tests of this folder run.
#ifndef TENON_TESTS_GOLDEN_MODELS_H_
#define TENON_TESTS_GOLDEN_MODELS_H_

#include <string>
#include <vector>

#include "support/tiny_model.h"

namespace tenon {

struct NamedModel {
  std::string name;
  testing_support::TinyModelOptions options;
  uint64_t seed;
};

// One of each thing that a file of the family may say.
std::vector<NamedModel> FamilyModels();
// One for each weight type.
std::vector<NamedModel> WeightTypeModels();
// The three whose logits are committed in data/.  Change nothing about them.
std::vector<NamedModel> GoldenModels();

// What every test feeds: `count` tokens of the model's vocabulary.
std::vector<int32_t> PromptFor(const NamedModel& model, size_t count);

}  // namespace tenon

#endif  // TENON_TESTS_GOLDEN_MODELS_H_
