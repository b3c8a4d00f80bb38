// tenon inspect: what a model file holds and what would run it.  Reads the
// header, and the weights only to verify them.
#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/json.h"
#include "cli/model_summary.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/run_check.h"

namespace tenon::cli {
namespace {

constexpr size_t kShortValue = 60, kFullValue = SIZE_MAX;  // bytes

struct InspectOptions {
  EngineOptions engine;
  bool full = false, json = false, verify = false;
};

void PrintMetadata(const Metadata& metadata, size_t max_bytes) {
  absl::PrintF("metadata: %d\n", metadata.entries().size());
  for (const auto& [key, value] : metadata.entries())
    absl::PrintF("  %-40s %s\n", key, ToString(value, max_bytes));
}

void PrintTensors(const ModelFile& file) {
  absl::PrintF("\ntensors: %d\n", file.tensors.size());
  for (const TensorInfo& tensor : file.tensors)
    absl::PrintF("  %-40s %-20s %-8s %12u bytes%s%s\n", tensor.name,
                 Shape(tensor), Name(tensor.dtype), tensor.bytes,
                 tensor.layout.empty() ? "" : "  ", tensor.layout);
}

void PrintTotals(const ModelFile& file) {
  absl::PrintF("\ntotals\n  %-12s %s\n  %-12s %s\n", "parameters",
               Count(Parameters(file)), "file", Bytes(file.TotalBytes()));
  for (const TypeTotal& total : TypeTotals(file))
    absl::PrintF("  %-12s %s in %u tensors%s\n", Name(total.dtype),
                 Bytes(total.bytes), total.tensors,
                 Info(total.dtype).decode ? "" : " (cannot be read)");
}

void PrintMemory(const RunCheck& check) {
  absl::PrintF(
      "\nmemory\n  %-12s %s\n  %-12s %s\n  %-12s %s per position, %s for %u\n",
      "weights", Bytes(check.memory.weights), "activations",
      Bytes(check.memory.activations), "keys, values",
      Bytes(check.memory.state_per_position),
      Bytes(check.memory.state_per_position * check.context), check.context);
  if (check.memory.state_constant > 0)
    absl::PrintF("  %-12s %s, whatever the context\n", "recurrent",
                 Bytes(check.memory.state_constant));
}

void PrintRunCheck(const RunCheck& check) {
  absl::PrintF("\nruns with\n");
  absl::PrintF("  %-12s %s\n", "architecture", check.architecture);
  absl::PrintF("  %-12s %s\n", "tokenizer", check.tokenizer);
  for (const auto& [backend, nodes] : check.nodes_by_backend)
    absl::PrintF("  %-12s %s (%u nodes)\n", "backend", backend, nodes);
  for (const std::string& missing : check.missing)
    absl::PrintF("  %-12s %s\n", "missing", missing);
  if (check.missing.empty()) absl::PrintF("  nothing is missing\n");
}

Json MetadataJson(const Metadata& metadata, size_t max_bytes) {
  Json json = Json::object();
  for (const auto& [key, value] : metadata.entries()) {
    Json& entry = json[std::string(key)];
    if (const auto* u = std::get_if<uint64_t>(&value))
      entry = *u;
    else if (const auto* i = std::get_if<int64_t>(&value))
      entry = *i;
    else if (const auto* d = std::get_if<double>(&value))
      entry = *d;
    else if (const auto* b = std::get_if<bool>(&value))
      entry = *b;
    else
      entry = ToString(value, max_bytes);
  }
  return json;
}

Json TensorsJson(const ModelFile& file) {
  Json json = Json::array();
  for (const TensorInfo& tensor : file.tensors)
    json.push_back(
        {{"name", tensor.name},
         {"shape", std::vector<uint64_t>(tensor.dims.begin(),
                                         tensor.dims.begin() + tensor.n_dims)},
         {"type", Name(tensor.dtype)},
         {"layout", tensor.layout.empty() ? "rows" : tensor.layout},
         {"bytes", tensor.bytes}});
  return json;
}

Json TotalsJson(const ModelFile& file) {
  Json types = Json::object();
  for (const TypeTotal& total : TypeTotals(file))
    types[Name(total.dtype)] = {{"tensors", total.tensors},
                                {"bytes", total.bytes}};
  return types;
}

Json RunCheckJson(const RunCheck& check) {
  Json backends = Json::object();
  for (const auto& [backend, nodes] : check.nodes_by_backend)
    backends[backend] = nodes;
  return {{"architecture", check.architecture},
          {"tokenizer", check.tokenizer},
          {"backends", backends},
          {"missing", check.missing}};
}

// Whether the tensors are what was written; says how many there was a checksum
// of.
Status Verify(const ModelFile& file) {
  ProgressBar bar("verifying");
  const auto progress = [&bar](uint64_t done, uint64_t total) {
    bar.Update(done, total);
  };
  TENON_ASSIGN_OR_RETURN(const uint64_t verified,
                         VerifyChecksums(file, {progress, CatchInterrupts()}));
  bar.Clear();
  Notice(absl::StrCat(file.name(), ": the checksums of ", verified, " of ",
                      file.tensors.size(), " tensors are right"));
  return Status();
}

void PrintAsJson(const ModelFile& file, const RunCheck& check,
                 size_t max_bytes) {
  PrintJson({{"file", file.name()},
             {"format", file.format},
             {"file_bytes", file.TotalBytes()},
             {"parameters", Parameters(file)},
             {"metadata", MetadataJson(file.metadata, max_bytes)},
             {"types", TotalsJson(file)},
             {"tensors", TensorsJson(file)},
             {"memory",
              {{"weights_bytes", check.memory.weights},
               {"activations_bytes", check.memory.activations},
               {"state_bytes_per_position", check.memory.state_per_position},
               {"state_bytes_constant", check.memory.state_constant},
               {"context", check.context}}},
             {"runs", check.missing.empty()},
             {"runs_with", RunCheckJson(check)}});
}

Status Inspect(const Registry& registry, const InspectOptions& options) {
  TENON_ASSIGN_OR_RETURN(const ModelFile file,
                         OpenModel(registry, options.engine.model));
  TENON_ASSIGN_OR_RETURN(const RunCheck check,
                         CheckRun(registry, file, options.engine));
  if (options.verify) TENON_RETURN_IF_ERROR(Verify(file));
  const size_t max_bytes = options.full ? kFullValue : kShortValue;
  if (options.json) {
    PrintAsJson(file, check, max_bytes);
    return Status();
  }
  absl::PrintF("%s: %s, %s, %s\n\n", file.name(), file.format, Summary(file),
               Bytes(file.TotalBytes()));
  PrintMetadata(file.metadata, max_bytes);
  PrintTensors(file);
  PrintTotals(file);
  if (check.bound) PrintMemory(check);
  PrintRunCheck(check);
  return Status();
}

}  // namespace

void AddInspect(CLI::App& app, const Registry& registry, Action& action) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App* command = app.add_subcommand(
      "inspect", "Show what a model file holds and what would run it");
  command->add_option("model", options->engine.model,
                      "A model file, or a model's name");
  AddEngineOptions(*command, options->engine);
  command->add_flag("--full", options->full, "Print long values in full");
  command->add_flag("--verify", options->verify,
                    "Read all tensors that have a checksum and compare it");
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options, &registry, &action] {
    action = [options, &registry] { return Inspect(registry, *options); };
  });
}

}  // namespace tenon::cli
