// The library never prints.  Whatever it wants to tell a person goes through a
// hook that the frontend supplies.
#ifndef TENON_LOG_HOOK_H_
#define TENON_LOG_HOOK_H_

#include <functional>
#include <string_view>

namespace tenon {

// A warning about something that still works: one sentence, no newline.
// Called on the thread that caused it.  An empty hook drops the message.
using LogHook = std::function<void(std::string_view message)>;

inline void Warn(const LogHook& hook, std::string_view message) {
  if (hook) hook(message);
}

}  // namespace tenon

#endif  // TENON_LOG_HOOK_H_
