// Whether the linked plugins can run a model file, found out without its
// weights.
#ifndef TENON_CLI_RUN_CHECK_H_
#define TENON_CLI_RUN_CHECK_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cli/options.h"
#include "tenon/model.h"
#include "tenon/registry.h"
#include "tenon/status.h"

namespace tenon::cli {

struct RunCheck {
  std::string architecture, tokenizer;  // plugins; "none" if there is none
  std::vector<std::string> missing;     // reasons why it cannot run
  // The rest is known if `bound`.
  bool bound = false;
  std::map<std::string, uint32_t> nodes_by_backend;
  MemoryEstimate memory;
  uint32_t context = 0;  // positions of a session, unless told otherwise
};

// Errors: only for wrong options; what the model lacks is in `missing`.
StatusOr<RunCheck> CheckRun(const Registry& registry, const ModelFile& file,
                            const EngineOptions& options);

}  // namespace tenon::cli

#endif  // TENON_CLI_RUN_CHECK_H_
