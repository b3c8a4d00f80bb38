// Plugins: how an architecture, backend, executor, tokenizer, sampler or file
// format is slotted into a program when it is built.
//
// A plugin is one constant that a build names:
//   namespace tenon {
//   extern constinit const Plugin kArchMine{"arch_mine", "mine", &kFactory};
//   }
// and one call in CMake:
//   tenon_add_plugin(arch_mine KIND ARCHITECTURE SYMBOL kArchMine SOURCES ...)
// Defining one runs no code.  The build writes the table that
// LinkedPlugins() returns; nothing registers itself.
#ifndef TENON_PLUGIN_H_
#define TENON_PLUGIN_H_

#include <cstdint>
#include <span>

namespace tenon {

// Of this copy of Tenon.
inline constexpr const char* kVersion = "0.1.0";

// Changes whenever a plugin compiled against older headers could misbehave.
// A registry refuses descriptors that carry another number.
inline constexpr uint32_t kPluginAbi = 4;

struct ArchitectureFactory;  // architecture.h
struct Backend;              // backend.h
struct ExecutorFactory;      // executor.h
struct TokenizerFactory;     // tokenizer.h
struct SamplerFactory;       // sampler.h
struct FileFormat;           // model_file.h

enum class PluginKind : uint8_t {
  kArchitecture,
  kBackend,
  kExecutor,
  kTokenizer,
  kSampler,
  kFileFormat,
};

// The descriptor.  The constructor that fits the interface sets the kind.
// Everything it points to is constant and lives as long as the program.
struct Plugin {
  uint32_t abi = kPluginAbi;
  PluginKind kind;
  const char* name;         // unique in a program: [a-z0-9_]+
  const char* description;  // one line, for `tenon plugins`
  const void* interface;    // of the type that `kind` says

#define TENON_PLUGIN_KIND(Kind, Interface)                            \
  constexpr Plugin(const char* its_name, const char* its_description, \
                   const Interface* its_interface)                    \
      : kind(PluginKind::Kind),                                       \
        name(its_name),                                               \
        description(its_description),                                 \
        interface(its_interface) {}
  TENON_PLUGIN_KIND(kArchitecture, ArchitectureFactory)
  TENON_PLUGIN_KIND(kBackend, Backend)
  TENON_PLUGIN_KIND(kExecutor, ExecutorFactory)
  TENON_PLUGIN_KIND(kTokenizer, TokenizerFactory)
  TENON_PLUGIN_KIND(kSampler, SamplerFactory)
  TENON_PLUGIN_KIND(kFileFormat, FileFormat)
#undef TENON_PLUGIN_KIND
};

// "architecture", "backend", ...
const char* Name(PluginKind kind) noexcept;

// The plugins of this program, in the order of its build.  Defined in the
// <program>.plugins.cc that tenon_link_plugins() writes.
std::span<const Plugin* const> LinkedPlugins();

}  // namespace tenon

#endif  // TENON_PLUGIN_H_
