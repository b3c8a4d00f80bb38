#include "support/engine.h"

#include <algorithm>
#include <utility>

#include "tenon/byte_source.h"
#include "tenon/model_file.h"

namespace tenon::testing_support {

StatusOr<Registry> LinkedRegistry(bool executors) {
  std::vector<const Plugin*> plugins;
  for (const Plugin* p : LinkedPlugins())
    if (executors || p->kind != PluginKind::kExecutor) plugins.push_back(p);
  return Registry::Create(plugins);
}

StatusOr<std::shared_ptr<const Model>> LoadModel(
    const Registry& registry, std::span<const std::byte> file,
    const LoadOptions& options) {
  const SiblingOpener no_siblings =
      [](std::string_view) -> StatusOr<std::unique_ptr<ByteSource>> {
    return absl::NotFoundError("a file in memory has no siblings");
  };
  TENON_ASSIGN_OR_RETURN(
      ModelFile opened,
      OpenModelFile(registry, FromMemory("tiny.gguf", file), no_siblings));
  return Model::Load(registry, std::move(opened), options);
}

StatusOr<Rows> FeedAll(std::shared_ptr<const Model> model,
                       std::span<const int32_t> tokens,
                       std::span<const size_t> pieces) {
  TENON_ASSIGN_OR_RETURN(
      const std::unique_ptr<Session> session,
      Session::Create(std::move(model),
                      {.context_size = static_cast<uint32_t>(tokens.size())}));
  Rows rows;
  FeedOptions options;
  options.every_row = [&](const OutputRow& row) {
    rows.hidden.emplace_back(row.hidden.begin(), row.hidden.end());
    rows.logits.emplace_back(row.logits.begin(), row.logits.end());
  };
  for (size_t i = 0; !tokens.empty(); ++i) {
    size_t count = tokens.size();
    if (!pieces.empty())
      count = std::min(count, pieces[std::min(i, pieces.size() - 1)]);
    TENON_RETURN_IF_ERROR(session->Feed(tokens.first(count), options).status());
    tokens = tokens.subspan(count);
  }
  return rows;
}

}  // namespace tenon::testing_support
