// tenon pack: a model file written anew, its weights in the layouts that the
// backends want.
#include "tenon/pack.h"

#include <filesystem>
#include <map>
#include <system_error>

#include "CLI/CLI.hpp"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/atomic_file.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/json.h"
#include "cli/model_summary.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/report.h"

namespace tenon::cli {
namespace {

struct PackOptions {
  std::string in, out, target = "native";
  bool json = false;
};

// The linked format that writes files of this name.
StatusOr<const FileFormat*> FormatFor(const Registry& registry,
                                      const std::string& path) {
  std::vector<std::string> suffixes;
  for (const Plugin* plugin : registry.OfKind(PluginKind::kFileFormat)) {
    const FileFormat& format = AsFileFormat(*plugin);
    if (format.write == nullptr) continue;
    if (path.ends_with(format.suffix)) return &format;
    suffixes.emplace_back(format.suffix);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      path, ": no linked format is written under such a name; written are: ",
      suffixes.empty() ? "none" : absl::StrJoin(suffixes, ", ")));
}

Status CheckIsAnother(const std::string& in, const std::string& out) {
  std::error_code error;  // there is no OUT as a rule
  if (!std::filesystem::equivalent(in, out, error)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(out, ": is the file that is to be packed"));
}

// Those of a page, or all that work here.
StatusOr<std::vector<std::string>> BackendsFor(const Registry& registry,
                                               std::string_view target) {
  if (target != "wasm") return std::vector<std::string>();
  return BackendNames(registry, {"scalar", "simd128"});
}

struct Total {
  uint64_t tensors = 0, bytes = 0;
};

std::map<std::string, Total> LayoutTotals(const ModelFile& file) {
  std::map<std::string, Total> totals;
  for (const TensorInfo& tensor : file.tensors) {
    Total& total =
        totals[tensor.layout.empty() ? "rows" : std::string(tensor.layout)];
    ++total.tensors;
    total.bytes += tensor.bytes;
  }
  return totals;
}

void Print(const ModelFile& file, double seconds) {
  absl::PrintF("%s: %d tensors, %s, in %.1f s\n", file.name(),
               file.tensors.size(), Bytes(file.TotalBytes()), seconds);
  for (const auto& [layout, total] : LayoutTotals(file))
    absl::PrintF("  %-16s %s in %u tensors\n", layout, Bytes(total.bytes),
                 total.tensors);
}

void PrintAsJson(const ModelFile& file, double seconds) {
  Json layouts = Json::object();
  for (const auto& [layout, total] : LayoutTotals(file))
    layouts[layout] = {{"tensors", total.tensors}, {"bytes", total.bytes}};
  PrintJson({{"file", file.name()},
             {"file_bytes", file.TotalBytes()},
             {"tensors", file.tensors.size()},
             {"layouts", layouts},
             {"seconds", seconds}});
}

Status PackTo(const Registry& registry, ModelFile file,
              const PackOptions& options, const FileFormat& format) {
  LoadOptions load;
  TENON_ASSIGN_OR_RETURN(load.backends, BackendsFor(registry, options.target));
  load.log = Notice;
  load.cancel = CatchInterrupts();
  ProgressBar bar("packing");
  load.progress = [&bar](uint64_t done, uint64_t total) {
    bar.Update(done, total);
  };
  TENON_ASSIGN_OR_RETURN(const auto sink, AtomicFile::Create(options.out));
  TENON_RETURN_IF_ERROR(
      PackModel(registry, std::move(file), load, format, *sink));
  return sink->Commit();
}

Status Pack(const Registry& registry, const PackOptions& options) {
  const double start = Now();
  TENON_ASSIGN_OR_RETURN(const FileFormat* format,
                         FormatFor(registry, options.out));
  TENON_ASSIGN_OR_RETURN(ModelFile file, OpenModel(registry, options.in));
  for (const auto& source : file.sources)
    TENON_RETURN_IF_ERROR(
        CheckIsAnother(std::string(source->name()), options.out));
  TENON_RETURN_IF_ERROR(PackTo(registry, std::move(file), options, *format));
  TENON_ASSIGN_OR_RETURN(const ModelFile packed,
                         OpenModelFile(registry, options.out, Notice));
  if (options.json)
    PrintAsJson(packed, Now() - start);
  else
    Print(packed, Now() - start);
  return Status();
}

}  // namespace

void AddPack(CLI::App& app, const Registry& registry, Action& action) {
  auto options = std::make_shared<PackOptions>();
  CLI::App* command = app.add_subcommand(
      "pack", "Write a model file that loads without repacking its weights");
  command->add_option("in", options->in, "A model file, or a model's name")
      ->required();
  command->add_option("out", options->out, "The file to write: NAME.tnn")
      ->required();
  command
      ->add_option("--for", options->target,
                   "Where it is to be used in place: native, by all backends "
                   "of this program; wasm, by those of a page")
      ->check(CLI::IsMember({"native", "wasm"}))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options, &registry, &action] {
    action = [options, &registry] { return Pack(registry, *options); };
  });
}

}  // namespace tenon::cli
