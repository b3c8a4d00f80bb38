#include "tokenizer/vectors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tenon/model_file.h"
#include "tenon/registry.h"

namespace tenon {
namespace {

StatusOr<std::unique_ptr<Tokenizer>> OpenTokenizer(const std::string& path) {
  TENON_ASSIGN_OR_RETURN(const Registry registry,
                         Registry::Create(LinkedPlugins()));
  TENON_ASSIGN_OR_RETURN(const ModelFile file, OpenModelFile(registry, path));
  TENON_ASSIGN_OR_RETURN(const auto model,
                         file.metadata.String("tokenizer.ggml.model"));
  for (const Plugin* plugin : registry.OfKind(PluginKind::kTokenizer)) {
    const TokenizerFactory& factory = AsTokenizer(*plugin);
    if (std::find(factory.models.begin(), factory.models.end(), model) !=
        factory.models.end()) {
      return factory.create(file.metadata, {});
    }
  }
  return absl::NotFoundError(model);
}

}  // namespace

std::string SharedPath(const std::string& name) {
  return std::string(TENON_SOURCE_DIR "/../shared/") + name;
}

std::optional<Json> ReadJson(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  return Json::parse(file);
}

std::unique_ptr<Tokenizer> LoadTokenizer(const std::string& path) {
  if (!std::filesystem::exists(path)) return nullptr;
  auto tokenizer = OpenTokenizer(path);
  if (!tokenizer.ok()) {
    ADD_FAILURE() << path << ": " << tokenizer.status();
    return nullptr;
  }
  return *std::move(tokenizer);
}

std::string VocabPath(const std::string& name) {
  const std::string beside =
      SharedPath("tokenizers/vocab/ggml-vocab-" + name + ".gguf");
  if (std::filesystem::exists(beside)) return beside;
  const char* folder = std::getenv("TENON_VOCAB_DIR");
  return std::string(folder == nullptr ? "" : folder) + "/" + name + ".gguf";
}

}  // namespace tenon
