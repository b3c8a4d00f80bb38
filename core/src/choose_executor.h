// Which executor runs a model, and with how many threads.
#ifndef TENON_SRC_CHOOSE_EXECUTOR_H_
#define TENON_SRC_CHOOSE_EXECUTOR_H_

#include <memory>
#include <optional>
#include <string_view>

#include "tenon/model.h"
#include "tenon/registry.h"

namespace tenon {

struct ExecutorChoice {
  std::unique_ptr<Executor> executor;
  std::string_view name;         // of the plugin, or "inline"
  std::optional<Tuning> tuning;  // if that decided
};

// `model` has its weights.  What cannot be had is warned of and done without.
ExecutorChoice ChooseExecutor(const Registry& registry,
                              const LoadOptions& options, const Model& model);

}  // namespace tenon

#endif  // TENON_SRC_CHOOSE_EXECUTOR_H_
