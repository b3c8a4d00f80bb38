// What there is to know about a model, by key: see exports.h.
#ifndef FRONTENDS_WEB_MODULE_DESCRIBE_H_
#define FRONTENDS_WEB_MODULE_DESCRIBE_H_

#include <string>
#include <string_view>

#include "web/module/engine.h"

namespace tenon::web {

// NaN for an unknown key, or one that is not known yet.
double Number(const Engine& engine, std::string_view key);
// Empty for those.
std::string Text(const Engine& engine, std::string_view key);

// The lines of tenon_profile().
std::string ProfileLines(const Profile& profile);

// Bytes of a session of `context_size` positions (0: the model's) besides its
// state, with the scratch of `threads` >= 1 threads.
double ActivationBytes(const Model& model, uint32_t context_size,
                       uint32_t threads);

}  // namespace tenon::web

#endif  // FRONTENDS_WEB_MODULE_DESCRIBE_H_
