// tenon eval: feeds token ids and writes what the model computes.
#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <numeric>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/json.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "tenon/session.h"

namespace tenon::cli {
namespace {

static_assert(std::endian::native == std::endian::little);  // of the files

constexpr size_t kBest = 5;

struct EvalOptions {
  EngineOptions engine;
  std::string tokens, tokens_file;
  uint32_t generate = 0;
  uint32_t context_size = 0;
  std::string logits_out, hidden_out;  // empty: not wanted
  bool json = false;
};

// A file of f32 rows, little-endian, without a header.
class RowFile {
 public:
  // An empty path: rows go nowhere.
  explicit RowFile(const std::string& path) : path_(path) {
    if (path.empty()) return;
    file_ = std::fopen(path.c_str(), "wbe");
    if (!file_) NoteError();
  }
  ~RowFile() {
    if (file_) std::fclose(file_);
  }
  RowFile(const RowFile&) = delete;
  RowFile& operator=(const RowFile&) = delete;

  void Write(std::span<const float> row) {
    if (file_ &&
        std::fwrite(row.data(), sizeof(float), row.size(), file_) != row.size())
      NoteError();
  }
  Status Flush() {
    if (file_ && std::fflush(file_) != 0) NoteError();
    return status_;
  }
  const Status& status() const { return status_; }

 private:
  void NoteError() {
    status_.Update(absl::UnavailableError(
        absl::StrCat(path_, ": ", std::strerror(errno))));
  }

  std::string path_;
  std::FILE* file_ = nullptr;
  Status status_;  // the first error
};

struct Evaluation {
  std::vector<TokenId> generated;
  std::vector<float> logits;  // [V], of the last row
};

// The ids of the n largest logits, best first, the lower id first on a tie.
std::vector<TokenId> Best(std::span<const float> logits, size_t n) {
  std::vector<TokenId> ids(logits.size());
  std::iota(ids.begin(), ids.end(), 0);
  n = std::min(n, ids.size());
  std::partial_sort(ids.begin(), ids.begin() + static_cast<ptrdiff_t>(n),
                    ids.end(), [&](TokenId a, TokenId b) {
                      const float x = logits[static_cast<size_t>(a)];
                      const float y = logits[static_cast<size_t>(b)];
                      return x > y || (x == y && a < b);
                    });
  ids.resize(n);
  return ids;
}

TokenId Argmax(std::span<const float> logits) {
  return static_cast<TokenId>(std::ranges::max_element(logits) -
                              logits.begin());
}

StatusOr<Evaluation> Evaluate(Session& session, std::span<const TokenId> tokens,
                              const EvalOptions& options) {
  RowFile logits_file(options.logits_out), hidden_file(options.hidden_out);
  TENON_RETURN_IF_ERROR(logits_file.status());
  TENON_RETURN_IF_ERROR(hidden_file.status());
  ProgressBar bar("evaluating");
  FeedOptions feed;
  feed.cancel = CatchInterrupts();
  feed.every_row = [&](const OutputRow& row) {
    logits_file.Write(row.logits);
    hidden_file.Write(row.hidden);
    bar.Update(row.position, tokens.size() + options.generate);
  };

  Evaluation result;
  TENON_ASSIGN_OR_RETURN(auto logits, session.Feed(tokens, feed));
  while (result.generated.size() < options.generate) {
    const TokenId best = Argmax(logits);
    result.generated.push_back(best);
    TENON_ASSIGN_OR_RETURN(logits, session.Feed({&best, 1}, feed));
  }
  result.logits.assign(logits.begin(), logits.end());
  TENON_RETURN_IF_ERROR(logits_file.Flush());
  TENON_RETURN_IF_ERROR(hidden_file.Flush());
  return result;
}

void PrintAsJson(const Model& model, const std::vector<TokenId>& tokens,
                 const Evaluation& evaluation) {
  Json best = Json::array();
  for (const TokenId id : Best(evaluation.logits, kBest)) {
    Json entry = {{"id", id},
                  {"logit", evaluation.logits[static_cast<size_t>(id)]}};
    if (model.tokenizer())
      entry["piece"] = TextOrBytes(Piece(*model.tokenizer(), id));
    best.push_back(std::move(entry));
  }
  PrintJson({{"rows", tokens.size() + evaluation.generated.size()},
             {"vocab_size", model.shape().vocab_size},
             {"embedding_length", model.shape().embedding_length},
             {"tokens", tokens},
             {"generated", evaluation.generated},
             {"best", best},
             {"peak_memory_bytes", PeakMemory()}},
            stdout, /*indent=*/-1);
}

void PrintAsText(const Model& model, const Evaluation& evaluation) {
  if (!evaluation.generated.empty())
    absl::PrintF("generated: %s\n", absl::StrJoin(evaluation.generated, ","));
  absl::PrintF("best after the last row:\n");
  for (const TokenId id : Best(evaluation.logits, kBest))
    absl::PrintF(
        "%8d  %11.6f  %s\n", id, evaluation.logits[static_cast<size_t>(id)],
        model.tokenizer() ? Quoted(Piece(*model.tokenizer(), id)) : "");
}

// Without -c: exactly the positions that are needed.
uint32_t ContextSize(const EvalOptions& options, size_t tokens) {
  if (options.context_size > 0) return options.context_size;
  return static_cast<uint32_t>(
      std::min<uint64_t>(tokens + options.generate, UINT32_MAX));
}

Status Eval(const Registry& registry, const EvalOptions& options) {
  std::string list = options.tokens;
  if (!options.tokens_file.empty()) {
    TENON_ASSIGN_OR_RETURN(list, ReadFile(options.tokens_file));
  }
  TENON_ASSIGN_OR_RETURN(const std::vector<TokenId> tokens, ParseTokens(list));
  if (tokens.empty())
    return absl::InvalidArgumentError("--tokens: there are no tokens");
  TENON_ASSIGN_OR_RETURN(auto model, LoadModel(registry, options.engine));
  TENON_ASSIGN_OR_RETURN(auto session,
                         Session::Create(model, {.context_size = ContextSize(
                                                     options, tokens.size())}));
  TENON_ASSIGN_OR_RETURN(const Evaluation evaluation,
                         Evaluate(*session, tokens, options));
  if (options.json)
    PrintAsJson(*model, tokens, evaluation);
  else
    PrintAsText(*model, evaluation);
  return Status();
}

void AddEvalOptions(CLI::App& command, EvalOptions& options) {
  CLI::Option_group* one_of = command.add_option_group("Tokens");
  one_of->add_option("--tokens", options.tokens, "Token ids: 1,2,3");
  one_of->add_option("--tokens-file", options.tokens_file,
                     "A file of token ids; -: stdin");
  one_of->require_option(1);
  command
      .add_option("--generate", options.generate,
                  "Then feed the best token, this many times")
      ->capture_default_str();
  command
      .add_option("-c,--ctx-size", options.context_size,
                  "Positions of the context; 0: as many as are needed")
      ->capture_default_str();
  command.add_option("--logits-out", options.logits_out,
                     "Write the logits: little-endian f32, one row per "
                     "position, generated ones included");
  command.add_option("--hidden-out", options.hidden_out,
                     "Write the hidden states after the output norm, likewise");
  command.add_flag("--json", options.json, "Print JSON");
}

}  // namespace

void AddEval(CLI::App& app, const Registry& registry, Action& action) {
  auto options = std::make_shared<EvalOptions>();
  CLI::App* command = app.add_subcommand(
      "eval", "Feed token ids; write logits and hidden states");
  AddEvalOptions(*command, *options);
  AddEngineOptions(*command, options->engine);
  AddThreadsOption(*command, options->engine.threads);
  command->callback([options, &registry, &action] {
    action = [options, &registry] { return Eval(registry, *options); };
  });
}

}  // namespace tenon::cli
