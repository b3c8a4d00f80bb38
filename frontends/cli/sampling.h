// The sampling flags: llama.cpp's names and defaults.
#ifndef TENON_CLI_SAMPLING_H_
#define TENON_CLI_SAMPLING_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tenon/registry.h"
#include "tenon/sampler.h"
#include "tenon/status.h"

namespace CLI {
class App;
}

namespace tenon::cli {

struct SamplingOptions {
  std::map<std::string, double> given;    // by sampler option name
  std::vector<std::string> logit_biases;  // "ID+N", "ID-N"
  std::vector<std::string> others;        // "NAME=N"
  int64_t seed = -1;                      // -1: from the clock
};

void AddSamplingOptions(CLI::App& command, SamplingOptions& options);

// What the user gave, and the default of every other flag that a linked
// sampler reads.  The seed is settled.
// Errors: kInvalidArgument, naming the flag.
StatusOr<SamplerOptions> ToSamplerOptions(const Registry& registry,
                                          const SamplingOptions& options);

}  // namespace tenon::cli

#endif  // TENON_CLI_SAMPLING_H_
