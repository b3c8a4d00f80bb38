// tenon bench: tokens per second, as llama-bench tells them.
#include <cmath>
#include <numeric>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/json.h"
#include "cli/model_summary.h"
#include "cli/options.h"
#include "cli/profile_report.h"
#include "cli/report.h"
#include "tenon/sampler.h"
#include "tenon/session.h"

namespace tenon::cli {
namespace {

struct BenchOptions {
  EngineOptions engine;
  uint32_t prompt = 256, generate = 64, depth = 0, repetitions = 5;
  std::vector<uint32_t> threads = {0};
  bool json = false, profile = false;
};

// "pp256": one prompt of 256 tokens.  "tg64": 64 single tokens.  Both come
// after `depth` other tokens.
struct Test {
  std::string name;
  uint32_t tokens;
  bool one_by_one;
};

struct Result {
  Test test;
  uint32_t threads;
  double cold = 0;              // tokens per second of the first run
  std::vector<double> samples;  // of the others
  Profile profile;              // of all runs, if wanted
};

double Mean(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) /
         static_cast<double>(x.size());
}

// Of a sample: divided by n - 1.
double StandardDeviation(const std::vector<double>& x) {
  if (x.size() < 2) return 0;
  const double mean = Mean(x);
  double sum = 0;
  for (const double value : x) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(x.size() - 1));
}

std::vector<TokenId> RandomTokens(uint32_t count, uint32_t vocab_size) {
  Random random(/*seed=*/1);
  std::vector<TokenId> tokens(count);
  for (TokenId& id : tokens)
    id = static_cast<TokenId>(random.Next() % vocab_size);
  return tokens;
}

// Tokens per second of one run.
StatusOr<double> RunOnce(Session& session, const Checkpoint& begin,
                         const Test& test) {
  const std::vector<TokenId> tokens =
      RandomTokens(test.tokens, session.model().shape().vocab_size);
  const size_t step = test.one_by_one ? 1 : tokens.size();
  FeedOptions feed;
  feed.cancel = CatchInterrupts();
  TENON_RETURN_IF_ERROR(session.Restore(begin));
  const double start = Now();
  for (size_t i = 0; i < tokens.size(); i += step) {
    if (feed.cancel->load()) return absl::CancelledError("stopped");
    TENON_RETURN_IF_ERROR(
        session.Feed(std::span(tokens).subspan(i, step), feed).status());
  }
  return test.tokens / (Now() - start);
}

StatusOr<Result> RunTest(Session& session, const Checkpoint& begin,
                         const Test& test, uint32_t repetitions) {
  Result result{test, session.model().executor().workers(), 0, {}, {}};
  TENON_ASSIGN_OR_RETURN(result.cold, RunOnce(session, begin, test));
  for (uint32_t i = 0; i < repetitions; ++i) {
    TENON_ASSIGN_OR_RETURN(const double rate, RunOnce(session, begin, test));
    result.samples.push_back(rate);
  }
  return result;
}

// A session with `depth` tokens in it.
StatusOr<Checkpoint> FeedDepth(Session& session, uint32_t depth) {
  FeedOptions feed;
  feed.cancel = CatchInterrupts();
  if (depth > 0) {
    const auto tokens = RandomTokens(depth, session.model().shape().vocab_size);
    TENON_RETURN_IF_ERROR(session.Feed(tokens, feed).status());
  }
  return session.Save();
}

// "pp256", or "pp256@d2048" after 2048 tokens.
std::string TestName(std::string_view kind, uint32_t tokens, uint32_t depth) {
  std::string name = absl::StrCat(kind, tokens);
  if (depth > 0) absl::StrAppend(&name, "@d", depth);
  return name;
}

std::vector<Test> Tests(const BenchOptions& options) {
  const auto [prompt, generate] = std::pair(options.prompt, options.generate);
  std::vector<Test> tests;
  if (prompt > 0)
    tests.push_back({TestName("pp", prompt, options.depth), prompt, false});
  if (generate > 0)
    tests.push_back({TestName("tg", generate, options.depth), generate, true});
  return tests;
}

std::string BackendColumn(const Model& model) {
  return absl::StrJoin(model.backends(), ",",
                       [](std::string* out, std::string_view name) {
                         out->append(absl::StripPrefix(name, "backend_"));
                       });
}

void PrintHeader() {
  absl::PrintF("| %-24s | %10s | %10s | %-22s | %7s | %8s | %20s |\n", "model",
               "size", "params", "backend", "threads", "test", "t/s");
  absl::PrintF(
      "| ------------------------ | ---------: | ---------: "
      "| ---------------------- | ------: | -------: | -------------------: "
      "|\n");
}

void PrintRow(const Model& model, const Result& result) {
  const double mean = Mean(result.samples);
  const int decimals = mean < 1000 ? 2 : 0;  // fits its column
  const std::string rate =
      absl::StrFormat("%.*f ± %.*f", decimals, mean, decimals,
                      StandardDeviation(result.samples));
  // The sign takes two bytes and one column.
  absl::PrintF("| %-24s | %10s | %10s | %-22s | %7u | %8s | %21s |\n",
               Summary(model.file()), Bytes(TensorBytes(model.file())),
               Count(model.parameters()), BackendColumn(model), result.threads,
               result.test.name, rate);
  std::fflush(stdout);
}

Json ToJson(const Tuning::Choice& choice, const char* name) {
  Json samples = Json::array();
  for (const auto& [value, milliseconds] : choice.samples)
    samples.push_back({{name, value}, {"milliseconds", milliseconds}});
  return samples;
}

Json ToJson(const Tuning& tuning) {
  return {{"threads", tuning.threads.value},
          {"tile_kib", tuning.tile_kib.value},
          {"remembered", tuning.remembered},
          {"samples", ToJson(tuning.threads, "threads")},
          {"tile_samples", ToJson(tuning.tile_kib, "tile_kib")}};
}

Json ToJson(const Result& result) {
  Json json = {{"test", result.test.name},
               {"threads", result.threads},
               {"cold", result.cold},
               {"tokens_per_second", Mean(result.samples)},
               {"stddev", StandardDeviation(result.samples)},
               {"samples", result.samples}};
  if (!result.profile.kernels.empty())
    json["profile"] = ProfileJson(result.profile);
  return json;
}

Json ModelJson(const Model& model, const EngineOptions& options) {
  return {{"model", Summary(model.file())},
          {"model_file", model.file().name()},
          {"size_bytes", TensorBytes(model.file())},
          {"parameters", model.parameters()},
          {"backends", model.backends()},
          {"executor", model.executor_plugin()},
          {"activations", options.activations},
          {"cache_type", options.cache_type},
          {"batch_size", options.batch_size}};
}

// Collects what a table prints as it goes and JSON prints at the end.
class Printer {
 public:
  explicit Printer(const BenchOptions& options) : options_(options) {
    if (!options.json) PrintHeader();
  }
  void Add(const Session& session, double load_seconds, const Result& result) {
    const Model& model = session.model();
    if (!options_.json) {
      PrintRow(model, result);
      PrintProfile(result.profile);
      return;
    }
    if (json_.is_null()) {
      json_ = ModelJson(model, options_.engine);
      json_["load_seconds"] = load_seconds;
      json_["state_bytes"] = session.state_bytes();
      json_["depth"] = options_.depth;
    }
    if (model.tuning()) json_["tuning"] = ToJson(*model.tuning());
    json_["results"].push_back(ToJson(result));
  }
  void Finish() {
    if (!options_.json) {
      absl::PrintF("\npeak memory: %s\n", Bytes(PeakMemory()));
      return;
    }
    json_["repetitions"] = options_.repetitions;
    json_["peak_memory_bytes"] = PeakMemory();
    PrintJson(json_);
  }

 private:
  const BenchOptions& options_;
  Json json_;
};

// Loads the model anew: the number of threads belongs to it.
Status BenchWithThreads(const Registry& registry, const BenchOptions& options,
                        uint32_t threads, Printer& printer) {
  EngineOptions engine = options.engine;
  engine.threads = threads;
  const double start = Now();
  TENON_ASSIGN_OR_RETURN(auto model, LoadModel(registry, engine));
  const double load_seconds = Now() - start;
  Profile profile;
  TENON_ASSIGN_OR_RETURN(
      auto session,
      Session::Create(
          model, {.context_size = options.depth +
                                  std::max(options.prompt, options.generate),
                  .profile = options.profile ? &profile : nullptr}));
  TENON_ASSIGN_OR_RETURN(const Checkpoint begin,
                         FeedDepth(*session, options.depth));
  for (const Test& test : Tests(options)) {
    profile = {};
    TENON_ASSIGN_OR_RETURN(Result result,
                           RunTest(*session, begin, test, options.repetitions));
    result.profile = profile;
    printer.Add(*session, load_seconds, result);
  }
  return Status();
}

Status Bench(const Registry& registry, const BenchOptions& options) {
  if (Tests(options).empty())
    return absl::InvalidArgumentError("-p 0 -n 0: nothing to measure");
  Printer printer(options);
  for (const uint32_t threads : options.threads)
    TENON_RETURN_IF_ERROR(
        BenchWithThreads(registry, options, threads, printer));
  printer.Finish();
  return Status();
}

void AddBenchOptions(CLI::App& command, BenchOptions& options) {
  constexpr uint32_t kMaxTokens = 1u << 20;
  command
      .add_option("-p,--n-prompt", options.prompt,
                  "Tokens of the prompt test; 0: none")
      ->check(CLI::Range(0u, kMaxTokens))
      ->capture_default_str();
  command
      .add_option("-n,--n-gen", options.generate,
                  "Tokens of the generation test; 0: none")
      ->check(CLI::Range(0u, kMaxTokens))
      ->capture_default_str();
  command
      .add_option("-d,--n-depth", options.depth,
                  "Tokens in the context before each test")
      ->check(CLI::Range(0u, kMaxTokens))
      ->capture_default_str();
  command
      .add_option("-t,--threads", options.threads,
                  "Threads, one or more counts: 1,2; 0: as many as are "
                  "fastest, measured once")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(0u, kMaxThreads))
      ->capture_default_str();
  command
      .add_option("-r,--repetitions", options.repetitions,
                  "Times that each test is run, after one to warm up")
      ->check(CLI::Range(1u, 1000u))
      ->capture_default_str();
  command.add_flag("--json", options.json, "Print JSON");
  command.add_flag("--profile", options.profile,
                   "Also print the time of each kernel, which slows it down");
}

}  // namespace

void AddBench(CLI::App& app, const Registry& registry, Action& action) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* command = app.add_subcommand("bench", "Measure tokens per second");
  AddBenchOptions(*command, *options);
  AddEngineOptions(*command, options->engine);
  command->callback([options, &registry, &action] {
    action = [options, &registry] { return Bench(registry, *options); };
  });
}

}  // namespace tenon::cli
