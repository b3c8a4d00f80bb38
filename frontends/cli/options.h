// Options that several commands share, and what they turn into.
#ifndef TENON_CLI_OPTIONS_H_
#define TENON_CLI_OPTIONS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/models.h"
#include "tenon/model.h"
#include "tenon/registry.h"
#include "tenon/status.h"
#include "tenon/tokenizer.h"

namespace CLI {
class App;
}

namespace tenon::cli {

// --- Which model, and how it is to run: commands that run one.

struct EngineOptions {
  std::string model = kDefaultModel;
  std::vector<std::string> backends;  // empty: all that are linked
  std::string activations = "int8";
  std::string cache_type = "f16";
  uint32_t batch_size = LoadOptions{}.max_tokens;
  uint32_t threads = 0;  // 0: as many as are fastest
  bool no_tuning = false;
  bool explain = false;
};

inline constexpr uint32_t kMaxThreads = 1024;

void AddModelOption(CLI::App& command, std::string& model);
// All but the threads.
void AddEngineOptions(CLI::App& command, EngineOptions& options);
void AddThreadsOption(CLI::App& command, uint32_t& threads);

// The linked backends that the user named, "scalar" or "backend_scalar", in
// the order of the build.
// Errors: kNotFound, naming the linked ones.
StatusOr<std::vector<std::string>> BackendNames(
    const Registry& registry, const std::vector<std::string>& wanted);

// The file that `model` names, opened.  Warnings go to stderr.
StatusOr<ModelFile> OpenModel(const Registry& registry,
                              const std::string& model);

// Opens, binds and loads, with a progress bar; prints the bind report, and why
// there are so many threads, to stderr if that is asked for.
// Errors: as FindModel, OpenModelFile and Model::Load.
StatusOr<std::shared_ptr<const Model>> LoadModel(const Registry& registry,
                                                 const EngineOptions& options);

// The tokenizer of `model`, alone.
// Errors: as OpenModel; kNotFound if the file has none.
StatusOr<std::unique_ptr<Tokenizer>> OpenTokenizer(const Registry& registry,
                                                   const std::string& model);

// --- A text: the words on the command line, -p TEXT or -f FILE.

struct TextOptions {
  std::string text;
  std::string file;     // "-": stdin; empty: not given
  bool escape = false;  // \n, \t, \\, \", \' and \xNN stand for what they do
};

void AddTextOptions(CLI::App& command, TextOptions& options);
// Errors: kNotFound and kUnavailable, naming the file.
StatusOr<std::string> ReadText(const TextOptions& options);

// --- Token ids: digits between commas, spaces or brackets.

// Errors: kInvalidArgument, quoting what is no token id.
StatusOr<std::vector<TokenId>> ParseTokens(std::string_view text);

// All of a file; "-" is stdin.
StatusOr<std::string> ReadFile(const std::string& path);

}  // namespace tenon::cli

#endif  // TENON_CLI_OPTIONS_H_
