#include "web/module/describe.h"

#if defined(__EMSCRIPTEN__)
#include <emscripten/heap.h>
#endif

#include <cmath>
#include <cstdint>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tenon::web {
namespace {

// The end of what the allocator has taken so far; 0 outside of WebAssembly.
double UsedBytes() {
#if defined(__EMSCRIPTEN__)
  return static_cast<double>(*emscripten_get_sbrk_ptr());
#else
  return 0;
#endif
}

double DataOffset(const Engine& engine) {
  const auto offset = engine.DataOffset();
  return offset.ok() ? static_cast<double>(*offset) : NAN;
}

std::optional<double> OfShape(const ModelShape& shape, std::string_view key) {
  if (key == "vocab_size") return shape.vocab_size;
  if (key == "context_size") return shape.context_length;
  if (key == "embedding_size") return shape.embedding_length;
  return std::nullopt;
}

std::optional<double> OfMemory(const Model& model, std::string_view key) {
  const MemoryEstimate memory = EstimateMemory(model.bound(), 1);
  if (key == "weights_bytes") return memory.weights;
  if (key == "position_bytes") return memory.state_per_position;
  if (key == "state_bytes") return memory.state_constant;
  return std::nullopt;
}

std::optional<double> OfTokenizer(const Tokenizer* tokenizer,
                                  std::string_view key) {
  if (tokenizer == nullptr) return std::nullopt;
  if (key == "bos") return tokenizer->bos().value_or(-1);
  if (key == "eos") return tokenizer->eos().value_or(-1);
  if (key == "adds_bos") return tokenizer->adds_bos();
  return std::nullopt;
}

std::optional<double> OfModel(const Engine& engine, std::string_view key) {
  const Model& model = *engine.model();
  if (key == "parameters") return static_cast<double>(model.parameters());
  if (key == "step_tokens") return model.bound().prefill.max_tokens;
  if (key == "threads" && engine.Ready().ok())
    return model.executor().workers();
  if (const auto number = OfShape(model.shape(), key)) return number;
  if (const auto number = OfTokenizer(engine.tokenizer(), key)) return number;
  return OfMemory(model, key);
}

// "Linear: linear_q4_0_a8_simd128, 96" for each kernel of decoding.
std::string Kernels(const BindReport& report) {
  std::map<std::string, int> counts;
  for (const BindReport::Line& line : report.lines)
    if (line.phase == kDecode)
      ++counts[absl::StrCat(Info(line.op).name, ": ", line.kernel)];
  std::string text;
  for (const auto& [kernel, count] : counts)
    absl::StrAppend(&text, kernel, ", ", count, "\n");
  return text;
}

std::string OfMetadata(const Metadata& metadata, std::string_view key) {
  return std::string(metadata.StringOr(key, "").value_or(""));
}

}  // namespace

double Number(const Engine& engine, std::string_view key) {
  if (key == "used_bytes") return UsedBytes();
  if (key == "data_offset") return DataOffset(engine);
  if (engine.model() == nullptr) return NAN;
  return OfModel(engine, key).value_or(NAN);
}

std::string ProfileLines(const Profile& profile) {
  std::string text;
  for (const auto& [name, entry] : profile.kernels)
    absl::StrAppend(&text, Info(entry.op).name, " ", entry.calls, " ",
                    entry.nanoseconds, " ", name, "\n");
  return text;
}

double ActivationBytes(const Model& model, uint32_t context_size,
                       uint32_t threads) {
  const uint32_t positions =
      context_size == 0 ? model.shape().context_length : context_size;
  const auto one = EstimateMemory(model.bound(), positions).activations;
  const uint64_t others = threads - 1;
  return static_cast<double>(one +
                             others * model.bound().ScratchBytes(positions));
}

std::string Text(const Engine& engine, std::string_view key) {
  if (key == "warnings") return engine.warnings();
  const Model* model = engine.model();
  if (model == nullptr) return "";
  if (key == "tuning") return model->tuning() ? engine.tuning() : "";
  const ModelFile& file = model->file();
  if (key == "architecture")
    return OfMetadata(file.metadata, "general.architecture");
  if (key == "model_name") return OfMetadata(file.metadata, "general.name");
  if (key == "format") return std::string(file.format);
  if (key == "backends") return absl::StrJoin(model->backends(), ",");
  if (key == "executor") return std::string(model->executor_plugin());
  if (key == "kernels") return Kernels(model->bound().report);
  if (key == "chat_template" && engine.tokenizer() != nullptr)
    return std::string(engine.tokenizer()->chat_template());
  return "";
}

}  // namespace tenon::web
