// Options as JavaScript passes them: "key=value" separated by ';'.
#ifndef FRONTENDS_WEB_MODULE_OPTION_TEXT_H_
#define FRONTENDS_WEB_MODULE_OPTION_TEXT_H_

#include <string_view>

#include "tenon/model.h"
#include "tenon/sampler.h"

namespace tenon::web {

// Keys: activations, cache, backends, threads.
// Errors: kInvalidArgument, naming the key and what it takes.
StatusOr<LoadOptions> ParseLoadOptions(std::string_view text);

// Keys: seed (an integer), logit_bias ("ID:NUMBER,..."), and the options of the
// linked samplers (numbers).  A number is written as the integer that has the
// 64 bits of the double.
// Errors: kInvalidArgument, naming the key.
StatusOr<SamplerOptions> ParseSamplerOptions(std::string_view text);

}  // namespace tenon::web

#endif  // FRONTENDS_WEB_MODULE_OPTION_TEXT_H_
