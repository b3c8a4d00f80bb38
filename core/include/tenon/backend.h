// A compute backend: a table of kernels.  Backends are stacked from slow to
// fast; a later one wins the slots that it fills, and the reference backend
// at the bottom fills them all.
#ifndef TENON_BACKEND_H_
#define TENON_BACKEND_H_

#include <span>

#include "tenon/kernel.h"

namespace tenon {

struct Backend {
  std::span<const KernelEntry> kernels;  // best first
  // Probes this machine once, when the backend is selected.  Returns why it
  // cannot be used here as a static string, or nullptr.  nullptr: no probe.
  const char* (*unusable)() noexcept = nullptr;
};

}  // namespace tenon

#endif  // TENON_BACKEND_H_
