#include "tenon/hyperparameters.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "absl/strings/str_cat.h"

namespace tenon {

StatusOr<Hyperparameters> Hyperparameters::Of(const ModelFile& file) {
  TENON_ASSIGN_OR_RETURN(const std::string_view architecture,
                         file.metadata.String("general.architecture"));
  return Hyperparameters(file.metadata, architecture);
}

std::string Hyperparameters::Key(std::string_view key) const {
  return absl::StrCat(architecture_, ".", key);
}

Status Hyperparameters::Invalid(std::string_view key,
                                std::string_view complaint) const {
  return absl::InvalidArgumentError(
      absl::StrCat("'", Key(key), "' ", complaint));
}

Status Hyperparameters::Unsupported(std::string_view key,
                                    std::string_view complaint) const {
  return absl::UnimplementedError(absl::StrCat("'", Key(key), "' ", complaint));
}

StatusOr<uint32_t> Hyperparameters::Checked(std::string_view key,
                                            uint32_t length) const {
  if (length >= 1 && length <= kMaxLength) return length;
  return Invalid(
      key, absl::StrCat("is ", length, "; 1 to ", kMaxLength, " are possible"));
}

StatusOr<uint32_t> Hyperparameters::Length(std::string_view key) const {
  TENON_ASSIGN_OR_RETURN(const uint32_t n, metadata_->U32(Key(key)));
  return Checked(key, n);
}

StatusOr<uint32_t> Hyperparameters::LengthOr(std::string_view key,
                                             uint32_t otherwise) const {
  TENON_ASSIGN_OR_RETURN(const uint32_t n,
                         metadata_->U32Or(Key(key), otherwise));
  return Checked(key, n);
}

StatusOr<uint32_t> Hyperparameters::Uniform(std::string_view key,
                                            uint32_t layers,
                                            uint32_t otherwise) const {
  TENON_ASSIGN_OR_RETURN(const std::vector<uint32_t> each,
                         metadata_->PerLayer(Key(key), layers, otherwise));
  if (std::ranges::adjacent_find(each, std::not_equal_to()) != each.end())
    return Unsupported(key, "differs from layer to layer: not supported");
  return Checked(key, each.front());
}

StatusOr<double> Hyperparameters::NumberOr(std::string_view key,
                                           double otherwise) const {
  TENON_ASSIGN_OR_RETURN(const double x, metadata_->F64Or(Key(key), otherwise));
  if (!std::isfinite(x)) return Invalid(key, "is not finite");
  return x;
}

StatusOr<uint32_t> Hyperparameters::Layers() const {
  TENON_ASSIGN_OR_RETURN(const uint32_t layers, Length("block_count"));
  if (layers <= kMaxLayers) return layers;
  return Invalid("block_count",
                 absl::StrCat("is ", layers, "; at most ", kMaxLayers,
                              " layers are possible"));
}

StatusOr<float> Hyperparameters::RmsEpsilon() const {
  constexpr std::string_view key = "attention.layer_norm_rms_epsilon";
  TENON_ASSIGN_OR_RETURN(const double eps, metadata_->F64(Key(key)));
  if (eps > 0 && eps < 1) return static_cast<float>(eps);
  return Invalid(key, "must lie between 0 and 1");
}

StatusOr<AttentionHeads> ReadAttentionHeads(const Hyperparameters& keys,
                                            uint32_t layers,
                                            uint32_t embedding_length) {
  AttentionHeads heads{};
  TENON_ASSIGN_OR_RETURN(
      heads.H, keys.Uniform("attention.head_count", layers, /*otherwise=*/0));
  TENON_ASSIGN_OR_RETURN(
      heads.G, keys.Uniform("attention.head_count_kv", layers, heads.H));
  if (heads.H % heads.G != 0) {
    return keys.Invalid("attention.head_count_kv",
                        absl::StrCat("is ", heads.G, ", which does not divide ",
                                     heads.H, " heads"));
  }
  TENON_ASSIGN_OR_RETURN(heads.D, keys.LengthOr("attention.key_length",
                                                embedding_length / heads.H));
  TENON_ASSIGN_OR_RETURN(const uint32_t value_length,
                         keys.LengthOr("attention.value_length", heads.D));
  if (value_length != heads.D)
    return keys.Unsupported("attention.value_length",
                            "differs from the key length: not supported");
  if (uint64_t{heads.H} * heads.D > kMaxLength)
    return keys.Invalid("attention.head_count", "is too large");
  return heads;
}

StatusOr<uint32_t> VocabularySize(const ModelFile& file) {
  const TensorInfo* embedding = file.Find("token_embd.weight");
  if (embedding == nullptr) {
    return absl::InvalidArgumentError(
        "tensor 'token_embd.weight': the file does not have it");
  }
  if (embedding->rows() > kMaxLength) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor 'token_embd.weight': a vocabulary of ",
                     embedding->rows(), " is not possible"));
  }
  return static_cast<uint32_t>(embedding->rows());
}

}  // namespace tenon
