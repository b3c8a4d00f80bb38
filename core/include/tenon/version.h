// The version of this copy of Tenon, and of the contract between the core and
// its plugins.
#ifndef TENON_VERSION_H_
#define TENON_VERSION_H_

#include <cstdint>

namespace tenon {

inline constexpr const char* kVersion = "0.1.0";

// Changes whenever a plugin compiled against older headers could misbehave.
// A registry refuses descriptors that carry another number.
inline constexpr uint32_t kPluginAbi = 1;

}  // namespace tenon

#endif  // TENON_VERSION_H_
