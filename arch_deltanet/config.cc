#include "arch_deltanet/config.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"

namespace tenon::deltanet {
namespace {

constexpr uint32_t kMaxExperts = 1u << 16;  // ids are exact in f32
constexpr uint32_t kMaxHeadDim = 1024;

// NextN blocks stand behind the trunk and are counted by block_count.
Status ReadLayers(const Hyperparameters& keys, Config& c) {
  TENON_ASSIGN_OR_RETURN(const uint32_t blocks, keys.Layers());
  TENON_ASSIGN_OR_RETURN(
      c.nextn_layers,
      keys.metadata().U32Or(keys.Key("nextn_predict_layers"), 0));
  if (c.nextn_layers >= blocks) {
    return keys.Invalid("nextn_predict_layers",
                        absl::StrCat("is ", c.nextn_layers, " of ", blocks,
                                     " blocks: no layer is left"));
  }
  c.layers = blocks - c.nextn_layers;
  return absl::OkStatus();
}

// REQUIRES: the key is there.  Files have booleans or integers.
StatusOr<std::vector<int32_t>> ReadFlags(const Metadata& metadata,
                                         std::string_view key) {
  const auto* array = std::get_if<NumberArray>(metadata.Find(key));
  if (array == nullptr || array->element != NumberArray::Element::kBool)
    return metadata.Ints(key);
  std::vector<int32_t> flags;
  for (std::byte b : array->bytes) flags.push_back(b != std::byte{0});
  return flags;
}

// attention.recurrent_layers lists all blocks; otherwise every
// full_attention_interval-th layer has softmax attention.
Status ReadSchedule(const Hyperparameters& keys, Config& c) {
  TENON_ASSIGN_OR_RETURN(const uint32_t interval,
                         keys.LengthOr("full_attention_interval", 4));
  for (uint32_t i = 0; i < c.layers; ++i)
    c.recurrent.push_back((i + 1) % interval != 0);

  const std::string_view listed = "attention.recurrent_layers";
  if (!keys.metadata().Has(keys.Key(listed))) return absl::OkStatus();
  TENON_ASSIGN_OR_RETURN(const std::vector<int32_t> flags,
                         ReadFlags(keys.metadata(), keys.Key(listed)));
  if (flags.size() < c.layers) {
    return keys.Invalid(
        listed, absl::StrCat("lists ", flags.size(), " layers of ", c.layers));
  }
  for (uint32_t i = 0; i < c.layers; ++i) c.recurrent[i] = flags[i] != 0;
  return absl::OkStatus();
}

Status ReadDelta(const Hyperparameters& keys, Config& c) {
  DeltaAttrs& d = c.delta;
  TENON_ASSIGN_OR_RETURN(d.key_heads, keys.Length("ssm.group_count"));
  TENON_ASSIGN_OR_RETURN(d.value_heads, keys.Length("ssm.time_step_rank"));
  TENON_ASSIGN_OR_RETURN(d.head_dim, keys.Length("ssm.state_size"));
  TENON_ASSIGN_OR_RETURN(c.conv_taps, keys.Length("ssm.conv_kernel"));
  d.order = keys.architecture() == "qwen3next" ? HeadOrder::kGrouped
                                               : HeadOrder::kModulo;
  if (d.value_heads % d.key_heads != 0) {
    return keys.Invalid("ssm.time_step_rank",
                        absl::StrCat("is ", d.value_heads, ", no multiple of ",
                                     d.key_heads, " key heads"));
  }
  // A head's state is the square of its dimension: published models have 128.
  if (d.head_dim > kMaxHeadDim ||
      uint64_t{d.value_heads} * d.head_dim > kMaxLength)
    return keys.Invalid("ssm.state_size", "is too large");
  if (c.conv_taps < 2)
    return keys.Invalid("ssm.conv_kernel", "must be 2 or more");
  TENON_ASSIGN_OR_RETURN(const uint32_t inner,
                         keys.LengthOr("ssm.inner_size", c.value_cols()));
  if (inner == c.value_cols()) return absl::OkStatus();
  return keys.Unsupported("ssm.inner_size",
                          absl::StrCat("is ", inner, ", not ", d.value_heads,
                                       " heads of ", d.head_dim));
}

Status ReadFeedForward(const Hyperparameters& keys, Config& c) {
  TENON_ASSIGN_OR_RETURN(c.route.experts,
                         keys.metadata().U32Or(keys.Key("expert_count"), 0));
  if (c.route.experts == 0) {
    TENON_ASSIGN_OR_RETURN(
        c.F, keys.Uniform("feed_forward_length", c.layers, /*otherwise=*/0));
    return absl::OkStatus();
  }
  TENON_ASSIGN_OR_RETURN(c.route.used, keys.Length("expert_used_count"));
  TENON_ASSIGN_OR_RETURN(c.F_expert, keys.Length("expert_feed_forward_length"));
  TENON_ASSIGN_OR_RETURN(c.F_shared,
                         keys.Length("expert_shared_feed_forward_length"));
  if (c.route.used <= c.route.experts && c.route.experts <= kMaxExperts)
    return absl::OkStatus();
  return keys.Invalid(
      "expert_used_count",
      absl::StrCat("is ", c.route.used, " of ", c.route.experts, " experts"));
}

// Pairs are dealt to the position streams of time, height and width in turn.
// For text all are the position, as long as each pair is in one of them.
Status CheckSections(const Hyperparameters& keys, const Config& c) {
  const std::string_view key = "rope.dimension_sections";
  if (!keys.metadata().Has(keys.Key(key))) return absl::OkStatus();
  TENON_ASSIGN_OR_RETURN(const std::vector<int32_t> sections,
                         keys.metadata().Ints(keys.Key(key)));
  const int64_t pairs = c.rope.n_rot / 2;
  for (int64_t i = 0; i < pairs; ++i) {
    const auto stream = static_cast<size_t>(i % 3);
    if (sections.size() < 3 || i >= 3 * int64_t{sections[stream]}) {
      return keys.Unsupported(
          key, absl::StrCat("leave pair ", i, " of ", pairs,
                            " without a position: not supported"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

StatusOr<Config> ReadConfig(const ModelFile& file) {
  TENON_ASSIGN_OR_RETURN(const Hyperparameters keys, Hyperparameters::Of(file));
  Config c{};
  TENON_RETURN_IF_ERROR(ReadLayers(keys, c));
  TENON_RETURN_IF_ERROR(ReadSchedule(keys, c));
  TENON_ASSIGN_OR_RETURN(c.E, keys.Length("embedding_length"));
  TENON_ASSIGN_OR_RETURN(c.context_length, keys.Length("context_length"));
  TENON_RETURN_IF_ERROR(ReadFeedForward(keys, c));
  TENON_ASSIGN_OR_RETURN(c.V, VocabularySize(file));
  TENON_ASSIGN_OR_RETURN(c.eps, keys.RmsEpsilon());
  TENON_ASSIGN_OR_RETURN(c.heads, ReadAttentionHeads(keys, c.layers, c.E));
  TENON_ASSIGN_OR_RETURN(c.rope, ReadRope(keys, c.heads.D, c.context_length));
  TENON_RETURN_IF_ERROR(CheckSections(keys, c));
  TENON_RETURN_IF_ERROR(ReadDelta(keys, c));
  return c;
}

}  // namespace tenon::deltanet
