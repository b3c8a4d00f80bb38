// tenon run: continues a text.
#include <cstdio>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/json.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/sampling.h"
#include "tenon/generate.h"

namespace tenon::cli {
namespace {

struct RunOptions {
  EngineOptions engine;
  TextOptions prompt;
  SamplingOptions sampling;
  int32_t predict = -1;
  uint32_t context_size = 0;
  bool special = false, parse_special = false, ignore_eos = false;
  bool no_display_prompt = false, json = false;
};

// The text as it grows, on stdout.
class TextWriter {
 public:
  void Write(std::string_view text) {
    if (text.empty()) return;
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
    last_ = text.back();
  }
  void EndLine() {
    if (last_ != '\n') Write("\n");
  }

 private:
  char last_ = '\n';
};

struct Timings {
  GenerateResult result;
  double load_seconds;
  uint64_t seed;
};

double Rate(uint32_t tokens, double seconds) {
  return seconds > 0 ? tokens / seconds : 0;
}

// The first token needs no step of its own: the prompt's gives it.
double GenerationRate(const GenerateResult& r) {
  const bool ended = r.reason == StopReason::kEnd;
  const uint32_t steps = ended || r.generated_tokens == 0
                             ? r.generated_tokens
                             : r.generated_tokens - 1;
  return Rate(steps, r.decode_seconds + r.sample_seconds);
}

void PrintTimings(const Timings& timings, bool json) {
  const GenerateResult& r = timings.result;
  const double prompt_rate = Rate(r.prompt_tokens, r.prefill_seconds);
  const double rate = GenerationRate(r);
  if (json)
    return PrintJson({{"prompt_tokens", r.prompt_tokens},
                      {"prompt_tokens_per_second", prompt_rate},
                      {"generated_tokens", r.generated_tokens},
                      {"generated_tokens_per_second", rate},
                      {"load_seconds", timings.load_seconds},
                      {"prefill_seconds", r.prefill_seconds},
                      {"decode_seconds", r.decode_seconds},
                      {"sample_seconds", r.sample_seconds},
                      {"peak_memory_bytes", PeakMemory()},
                      {"seed", timings.seed}},
                     stderr, /*indent=*/-1);
  absl::FPrintF(stderr,
                "tenon: prompt %u tokens, %.1f t/s | generated %u tokens, "
                "%.1f t/s | load %.2f s | peak memory %s | seed %u\n",
                r.prompt_tokens, prompt_rate, r.generated_tokens, rate,
                timings.load_seconds, Bytes(PeakMemory()), timings.seed);
}

StatusOr<std::vector<TokenId>> EncodePrompt(const Model& model,
                                            const std::string& prompt,
                                            bool parse_special) {
  if (!model.tokenizer())
    return absl::InvalidArgumentError(
        absl::StrCat(model.file().name(),
                     ": the file has no tokenizer; `tenon eval` takes ids"));
  return model.tokenizer()->Encode(prompt, {.parse_special = parse_special});
}

// A file's last newline belongs to the file, not to the text.
StatusOr<std::string> ReadPrompt(const TextOptions& options) {
  TENON_ASSIGN_OR_RETURN(std::string prompt, ReadText(options));
  if (!options.file.empty() && prompt.ends_with('\n')) prompt.pop_back();
  return prompt;
}

// Shows the prompt, once it is read, and then the text that follows it.
StatusOr<GenerateResult> WriteText(Session& session, SamplerChain& samplers,
                                   const std::string& prompt,
                                   const RunOptions& options) {
  TENON_ASSIGN_OR_RETURN(
      const std::vector<TokenId> tokens,
      EncodePrompt(session.model(), prompt, options.parse_special));
  TextWriter writer;
  ProgressBar bar("reading");
  GenerateOptions generate;
  generate.max_tokens = options.predict;
  generate.special = options.special;
  generate.ignore_eos = options.ignore_eos;
  generate.cancel = CatchInterrupts();
  generate.on_prefill = [&](size_t done, size_t total) {
    bar.Update(done, total);
    if (done < total) return;
    bar.Clear();
    if (!options.no_display_prompt) writer.Write(prompt);
  };
  generate.on_text = [&](std::string_view text) { writer.Write(text); };
  auto result = Generate(session, samplers, tokens, generate);
  writer.EndLine();
  return result;
}

void WarnOfLongContext(const Session& session) {
  const uint32_t trained = session.model().shape().context_length;
  if (session.context_size() > trained)
    Notice(absl::StrCat("the model was trained for ", trained,
                        " positions; the context has ",
                        session.context_size()));
}

Status Run(const Registry& registry, const RunOptions& options) {
  TENON_ASSIGN_OR_RETURN(const std::string prompt, ReadPrompt(options.prompt));
  TENON_ASSIGN_OR_RETURN(const SamplerOptions sampling,
                         ToSamplerOptions(registry, options.sampling));
  const double start = Now();
  TENON_ASSIGN_OR_RETURN(auto model, LoadModel(registry, options.engine));
  TENON_ASSIGN_OR_RETURN(
      auto session,
      Session::Create(model, {.context_size = options.context_size}));
  const double load_seconds = Now() - start;
  WarnOfLongContext(*session);
  TENON_ASSIGN_OR_RETURN(
      SamplerChain samplers,
      SamplerChain::Create(registry, sampling, model->shape().vocab_size));
  TENON_ASSIGN_OR_RETURN(const GenerateResult result,
                         WriteText(*session, samplers, prompt, options));
  if (result.reason == StopReason::kContextFull)
    Notice(absl::StrCat("stopped: the context is full (",
                        session->context_size(),
                        " positions); -c N makes it larger"));
  PrintTimings({result, load_seconds, sampling.seed}, options.json);
  if (result.reason == StopReason::kCancelled)
    return absl::CancelledError("stopped");
  return Status();
}

void AddOutputOptions(CLI::App& command, RunOptions& options) {
  command.add_flag("--special", options.special, "Print control tokens");
  command.add_flag("--parse-special", options.parse_special,
                   "Turn the text of control tokens in the prompt into tokens");
  command.add_flag("--ignore-eos", options.ignore_eos,
                   "Go on where the model would end its text");
  command.add_flag("--no-display-prompt", options.no_display_prompt,
                   "Print only what the model writes");
  command.add_flag("--json", options.json,
                   "Print the timings, on stderr, as one line of JSON");
}

}  // namespace

void AddRun(CLI::App& app, const Registry& registry, Action& action) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "Continue a text");
  AddTextOptions(*command, options->prompt);
  AddEngineOptions(*command, options->engine);
  AddThreadsOption(*command, options->engine.threads);
  command
      ->add_option("-n,--predict", options->predict,
                   "Tokens to write; -1: until the model ends its text or the "
                   "context is full")
      ->check(CLI::Range(-1, INT32_MAX))
      ->capture_default_str();
  command
      ->add_option("-c,--ctx-size", options->context_size,
                   "Positions of the context; 0: the model's, at most " +
                       std::to_string(kDefaultContext))
      ->capture_default_str();
  AddOutputOptions(*command, *options);
  AddSamplingOptions(*command, options->sampling);
  command->callback([options, &registry, &action] {
    action = [options, &registry] { return Run(registry, *options); };
  });
}

}  // namespace tenon::cli
