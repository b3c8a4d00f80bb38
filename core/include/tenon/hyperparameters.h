// Reading a model's hyper-parameters: the keys below "<architecture>." with the
// checks that all architectures need.
#ifndef TENON_HYPERPARAMETERS_H_
#define TENON_HYPERPARAMETERS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "tenon/metadata.h"
#include "tenon/model_file.h"
#include "tenon/op.h"
#include "tenon/status.h"

namespace tenon {

inline constexpr uint32_t kMaxLayers = 512;
inline constexpr uint32_t kMaxLength = 1u << 24;  // of any dimension

// Borrows the file's metadata.  All getters' errors name the whole key:
// kInvalidArgument for a missing or impossible value, kUnimplemented for one
// that Tenon does not cover.
class Hyperparameters {
 public:
  // Errors: kNotFound without general.architecture.
  static StatusOr<Hyperparameters> Of(const ModelFile& file);

  std::string_view architecture() const { return architecture_; }
  const Metadata& metadata() const { return *metadata_; }
  // "llama.block_count" for "block_count".
  std::string Key(std::string_view key) const;
  Status Invalid(std::string_view key, std::string_view complaint) const;
  Status Unsupported(std::string_view key, std::string_view complaint) const;

  // A length in [1, kMaxLength].
  StatusOr<uint32_t> Length(std::string_view key) const;
  StatusOr<uint32_t> LengthOr(std::string_view key, uint32_t otherwise) const;
  // A length that the file may list for each layer, all of them equal.
  // `otherwise` 0: the key is required.
  StatusOr<uint32_t> Uniform(std::string_view key, uint32_t layers,
                             uint32_t otherwise) const;
  // A finite number.
  StatusOr<double> NumberOr(std::string_view key, double otherwise) const;

  // block_count, at most kMaxLayers.
  StatusOr<uint32_t> Layers() const;
  // attention.layer_norm_rms_epsilon, between 0 and 1.
  StatusOr<float> RmsEpsilon() const;

 private:
  Hyperparameters(const Metadata& metadata, std::string_view architecture)
      : metadata_(&metadata), architecture_(architecture) {}
  StatusOr<uint32_t> Checked(std::string_view key, uint32_t length) const;

  const Metadata* metadata_;
  std::string_view architecture_;
};

// The heads of softmax attention.
struct AttentionHeads {
  uint32_t H;  // query heads
  uint32_t G;  // key/value heads; H is a multiple of G
  uint32_t D;  // head dimension
};
StatusOr<AttentionHeads> ReadAttentionHeads(const Hyperparameters& keys,
                                            uint32_t layers,
                                            uint32_t embedding_length);

// rope.dimension_count (otherwise D), rope.freq_base and rope.scaling.*:
// none, linear or YaRN.
StatusOr<RopeAnglesAttrs> ReadRope(const Hyperparameters& keys, uint32_t D,
                                   uint32_t context_length);

// V: the rows of token_embd.weight.
StatusOr<uint32_t> VocabularySize(const ModelFile& file);

}  // namespace tenon

#endif  // TENON_HYPERPARAMETERS_H_
