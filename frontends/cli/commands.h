// The commands of the program, one file each.
#ifndef TENON_CLI_COMMANDS_H_
#define TENON_CLI_COMMANDS_H_

#include <functional>

#include "tenon/registry.h"
#include "tenon/status.h"

namespace CLI {
class App;
}

namespace tenon::cli {

// What to do once the command line is parsed.  kCancelled: the user stopped
// it, and everything there is to say has been said.
using Action = std::function<Status()>;

// Each declares one subcommand with its options.  Parsing sets `action` to
// the one that the user chose.  All three arguments outlive the parsing, and
// `registry` outlives the action.
void AddRun(CLI::App& app, const Registry& registry, Action& action);
void AddTokenize(CLI::App& app, const Registry& registry, Action& action);
void AddDetokenize(CLI::App& app, const Registry& registry, Action& action);
void AddInspect(CLI::App& app, const Registry& registry, Action& action);
void AddPack(CLI::App& app, const Registry& registry, Action& action);
void AddEval(CLI::App& app, const Registry& registry, Action& action);
void AddBench(CLI::App& app, const Registry& registry, Action& action);
void AddPlugins(CLI::App& app, const Registry& registry, Action& action);

}  // namespace tenon::cli

#endif  // TENON_CLI_COMMANDS_H_
