// The program `tenon`.  Exit status: 0 fine, 1 an error, 2 bad usage, 130
// stopped by Ctrl-C.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "tenon/plugin.h"
#include "tenon/registry.h"

namespace tenon::cli {
namespace {

constexpr int kError = 1, kBadUsage = 2, kInterrupted = 130;

void AddCommands(CLI::App& app, const Registry& registry, Action& action) {
  AddRun(app, registry, action);
  AddTokenize(app, registry, action);
  AddDetokenize(app, registry, action);
  AddInspect(app, registry, action);
  AddPack(app, registry, action);
  AddEval(app, registry, action);
  AddBench(app, registry, action);
  AddPlugins(app, registry, action);
}

// Help and versions go to stdout, complaints to stderr.
int ReportParseError(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);
  absl::FPrintF(stderr, "tenon: %s (see --help)\n", error.what());
  return kBadUsage;
}

int ReportNoCommand(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({}))
    names.push_back(command->get_name());
  absl::FPrintF(stderr, "tenon: give a command: %s (see --help)\n",
                absl::StrJoin(names, ", "));
  return kBadUsage;
}

int ReportError(const Status& status) {
  if (absl::IsCancelled(status)) return kInterrupted;
  absl::FPrintF(stderr, "tenon: %s\n", status.message());
  return kError;
}

Status FlushStdout() {
  if (std::fflush(stdout) == 0 && !std::ferror(stdout)) return Status();
  return absl::UnavailableError(
      absl::StrFormat("stdout: %s", std::strerror(errno)));
}

int Main(int argc, char** argv) {
#ifdef SIGPIPE
  std::signal(SIGPIPE, SIG_DFL);  // `| head` ends us, quietly
#endif
  const StatusOr<Registry> registry = Registry::Create(LinkedPlugins());
  if (!registry.ok()) return ReportError(registry.status());

  CLI::App app("Runs language models.", "tenon");
  Action action;
  app.set_version_flag("--version", kVersion);
  app.require_subcommand(0, 1);
  AddCommands(app, *registry, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ReportParseError(app, error);
  }
  if (!action) return ReportNoCommand(app);
  Status status = action();
  status.Update(FlushStdout());
  return status.ok() ? 0 : ReportError(status);
}

}  // namespace
}  // namespace tenon::cli

int main(int argc, char** argv) { return tenon::cli::Main(argc, argv); }
