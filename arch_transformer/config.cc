#include "arch_transformer/config.h"

#include <string_view>

#include "absl/strings/str_cat.h"

namespace tenon::transformer {
namespace {

Status RefuseExperts(const Hyperparameters& keys) {
  TENON_ASSIGN_OR_RETURN(const uint32_t experts,
                         keys.metadata().U32Or(keys.Key("expert_count"), 0));
  if (experts == 0) return absl::OkStatus();
  return keys.Unsupported(
      "expert_count",
      absl::StrCat("is ", experts, ": mixtures of experts are not supported"));
}

}  // namespace

StatusOr<Config> ReadConfig(const ModelFile& file) {
  TENON_ASSIGN_OR_RETURN(const Hyperparameters keys, Hyperparameters::Of(file));
  TENON_RETURN_IF_ERROR(RefuseExperts(keys));
  Config c{};
  TENON_ASSIGN_OR_RETURN(c.layers, keys.Layers());
  TENON_ASSIGN_OR_RETURN(c.E, keys.Length("embedding_length"));
  TENON_ASSIGN_OR_RETURN(c.context_length, keys.Length("context_length"));
  TENON_ASSIGN_OR_RETURN(
      c.F, keys.Uniform("feed_forward_length", c.layers, /*otherwise=*/0));
  TENON_ASSIGN_OR_RETURN(c.V, VocabularySize(file));
  TENON_ASSIGN_OR_RETURN(c.heads, ReadAttentionHeads(keys, c.layers, c.E));
  TENON_ASSIGN_OR_RETURN(c.rope, ReadRope(keys, c.heads.D, c.context_length));
  TENON_ASSIGN_OR_RETURN(c.eps, keys.RmsEpsilon());
  TENON_ASSIGN_OR_RETURN(
      c.window, keys.metadata().U32Or(keys.Key("attention.sliding_window"), 0));
  c.qk_norm = keys.architecture() == "qwen3";
  c.pairing = keys.architecture() == "llama" ? RopePairing::kAdjacent
                                             : RopePairing::kHalves;
  return c;
}

}  // namespace tenon::transformer
