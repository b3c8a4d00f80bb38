#include "arch_transformer/config.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace tenon::transformer {
namespace {

constexpr uint32_t kMaxLayers = 512;
constexpr uint32_t kMaxSize = 1u << 24;  // of any length below

Status Invalid(std::string_view key, std::string_view complaint) {
  return absl::InvalidArgumentError(absl::StrCat("'", key, "' ", complaint));
}

// Reads keys below "<architecture>.".
class Keys {
 public:
  Keys(const Metadata& metadata, std::string_view architecture)
      : metadata_(metadata), prefix_(absl::StrCat(architecture, ".")) {}

  std::string Name(std::string_view key) const {
    return absl::StrCat(prefix_, key);
  }

  // A length: 1 or more.
  StatusOr<uint32_t> Size(std::string_view key) const {
    TENON_ASSIGN_OR_RETURN(const uint32_t n, metadata_.U32(Name(key)));
    return Checked(key, n);
  }
  StatusOr<uint32_t> SizeOr(std::string_view key, uint32_t otherwise) const {
    TENON_ASSIGN_OR_RETURN(const uint32_t n,
                           metadata_.U32Or(Name(key), otherwise));
    return Checked(key, n);
  }

  // A length that the file may list per layer; all layers must agree.
  StatusOr<uint32_t> Uniform(std::string_view key, uint32_t layers,
                             uint32_t otherwise) const {
    TENON_ASSIGN_OR_RETURN(
        const std::vector<uint32_t> each,
        metadata_.PerLayer(Name(key), layers, otherwise));
    if (std::ranges::adjacent_find(each, std::ranges::not_equal_to()) !=
        each.end()) {
      return absl::UnimplementedError(absl::StrCat(
          "'", Name(key), "' differs from layer to layer: not supported"));
    }
    return Checked(key, each.front());
  }

  StatusOr<double> Number(std::string_view key, double otherwise) const {
    TENON_ASSIGN_OR_RETURN(const double x,
                           metadata_.F64Or(Name(key), otherwise));
    if (!std::isfinite(x)) return Invalid(Name(key), "is not finite");
    return x;
  }

  const Metadata& metadata() const { return metadata_; }

 private:
  StatusOr<uint32_t> Checked(std::string_view key, uint32_t n) const {
    if (n >= 1 && n <= kMaxSize) return n;
    return Invalid(Name(key), absl::StrCat("is ", n, "; 1 to ", kMaxSize,
                                           " are possible"));
  }

  const Metadata& metadata_;
  std::string prefix_;
};

// The pair that turns `beta` times within the original context (YaRN, Peng et
// al. 2023, section 3.2).
double YarnPair(double n_rot, double context, double beta, double base) {
  return n_rot * std::log(context / (beta * 2 * std::numbers::pi)) /
         (2 * std::log(base));
}

Status AddYarn(const Keys& keys, double factor, uint32_t context,
               RopeAnglesAttrs& rope) {
  TENON_ASSIGN_OR_RETURN(
      const uint32_t original,
      keys.SizeOr("rope.scaling.original_context_length", context));
  // The betas of the file are not read: engines that models were published
  // for use 32 and 1.
  const double n_rot = rope.n_rot;
  rope.yarn = true;
  rope.yarn_low =
      std::max(0.0, std::floor(YarnPair(n_rot, original, 32, rope.base)));
  rope.yarn_high = std::min(
      n_rot - 1, std::ceil(YarnPair(n_rot, original, 1, rope.base)));
  rope.magnitude = 1 + 0.1 * std::log(factor);
  return absl::OkStatus();
}

Status AddScaling(const Keys& keys, uint32_t context, RopeAnglesAttrs& rope) {
  TENON_ASSIGN_OR_RETURN(
      const std::string_view type,
      keys.metadata().StringOr(keys.Name("rope.scaling.type"), "linear"));
  if (type != "none" && type != "linear" && type != "yarn") {
    return absl::UnimplementedError(absl::StrCat(
        "'", keys.Name("rope.scaling.type"), "' is '", type,
        "'; none, linear and yarn are supported"));
  }
  TENON_ASSIGN_OR_RETURN(const double old_factor,
                         keys.Number("rope.scale_linear", 0));
  TENON_ASSIGN_OR_RETURN(const double factor,
                         keys.Number("rope.scaling.factor", old_factor));
  if (factor < 0)
    return Invalid(keys.Name("rope.scaling.factor"), "is negative");
  if (type != "none" && factor > 0) {
    rope.scale = 1 / factor;
    if (type == "yarn")
      TENON_RETURN_IF_ERROR(AddYarn(keys, factor, context, rope));
  }
  TENON_ASSIGN_OR_RETURN(const double attn_factor,
                         keys.Number("rope.scaling.attn_factor", 1));
  rope.magnitude *= attn_factor;
  return absl::OkStatus();
}

Status ReadRope(const Keys& keys, Config& c) {
  TENON_ASSIGN_OR_RETURN(c.rope.n_rot,
                         keys.SizeOr("rope.dimension_count", c.D));
  if (c.rope.n_rot % 2 != 0 || c.rope.n_rot > c.D) {
    return Invalid(keys.Name("rope.dimension_count"),
                   absl::StrCat("is ", c.rope.n_rot,
                                "; even numbers up to the head dimension ",
                                c.D, " are possible"));
  }
  TENON_ASSIGN_OR_RETURN(c.rope.base, keys.Number("rope.freq_base", 10000));
  if (c.rope.base <= 1)
    return Invalid(keys.Name("rope.freq_base"), "must be greater than 1");
  return AddScaling(keys, c.context_length, c.rope);
}

Status ReadHeads(const Keys& keys, Config& c) {
  TENON_ASSIGN_OR_RETURN(c.H, keys.Uniform("attention.head_count", c.layers,
                                           /*otherwise=*/0));
  TENON_ASSIGN_OR_RETURN(
      c.G, keys.Uniform("attention.head_count_kv", c.layers, c.H));
  if (c.H % c.G != 0) {
    return Invalid(keys.Name("attention.head_count_kv"),
                   absl::StrCat("is ", c.G, ", which does not divide ", c.H,
                                " heads"));
  }
  TENON_ASSIGN_OR_RETURN(c.D,
                         keys.SizeOr("attention.key_length", c.E / c.H));
  TENON_ASSIGN_OR_RETURN(const uint32_t value_length,
                         keys.SizeOr("attention.value_length", c.D));
  if (value_length != c.D) {
    return absl::UnimplementedError(
        absl::StrCat("'", keys.Name("attention.value_length"),
                     "' differs from the key length: not supported"));
  }
  if (uint64_t{c.H} * c.D > kMaxSize)
    return Invalid(keys.Name("attention.head_count"), "is too large");
  return absl::OkStatus();
}

Status ReadSizes(const Keys& keys, const ModelFile& file, Config& c) {
  TENON_ASSIGN_OR_RETURN(c.layers, keys.Size("block_count"));
  if (c.layers > kMaxLayers) {
    return Invalid(keys.Name("block_count"),
                   absl::StrCat("is ", c.layers, "; at most ", kMaxLayers,
                                " layers are possible"));
  }
  TENON_ASSIGN_OR_RETURN(c.E, keys.Size("embedding_length"));
  TENON_ASSIGN_OR_RETURN(c.context_length, keys.Size("context_length"));
  TENON_ASSIGN_OR_RETURN(
      c.F, keys.Uniform("feed_forward_length", c.layers, /*otherwise=*/0));
  const TensorInfo* embedding = file.Find("token_embd.weight");
  if (embedding == nullptr) {
    return absl::InvalidArgumentError(
        "tensor 'token_embd.weight': the file does not have it");
  }
  if (embedding->rows() > kMaxSize) {
    return absl::InvalidArgumentError(absl::StrCat(
        "tensor 'token_embd.weight': a vocabulary of ", embedding->rows(),
        " is not possible"));
  }
  c.V = static_cast<uint32_t>(embedding->rows());
  return absl::OkStatus();
}

Status ReadNormAndWindow(const Keys& keys, Config& c) {
  TENON_ASSIGN_OR_RETURN(
      const double eps,
      keys.metadata().F64(keys.Name("attention.layer_norm_rms_epsilon")));
  if (!std::isfinite(eps) || eps <= 0 || eps >= 1) {
    return Invalid(keys.Name("attention.layer_norm_rms_epsilon"),
                   "must lie between 0 and 1");
  }
  c.eps = static_cast<float>(eps);
  TENON_ASSIGN_OR_RETURN(
      c.window,
      keys.metadata().U32Or(keys.Name("attention.sliding_window"), 0));
  return absl::OkStatus();
}

Status RefuseExperts(const Keys& keys) {
  TENON_ASSIGN_OR_RETURN(const uint32_t experts,
                         keys.metadata().U32Or(keys.Name("expert_count"), 0));
  if (experts == 0) return absl::OkStatus();
  return absl::UnimplementedError(
      absl::StrCat("'", keys.Name("expert_count"), "' is ", experts,
                   ": mixtures of experts are not supported"));
}

}  // namespace

StatusOr<Config> ReadConfig(const ModelFile& file) {
  TENON_ASSIGN_OR_RETURN(const std::string_view architecture,
                         file.metadata.String("general.architecture"));
  const Keys keys(file.metadata, architecture);
  Config c{};
  TENON_RETURN_IF_ERROR(RefuseExperts(keys));
  TENON_RETURN_IF_ERROR(ReadSizes(keys, file, c));
  TENON_RETURN_IF_ERROR(ReadHeads(keys, c));
  TENON_RETURN_IF_ERROR(ReadRope(keys, c));
  TENON_RETURN_IF_ERROR(ReadNormAndWindow(keys, c));
  c.qk_norm = architecture == "qwen3";
  c.pairing = architecture == "llama" ? RopePairing::kAdjacent
                                      : RopePairing::kHalves;
  return c;
}

}  // namespace tenon::transformer
