#include "template_arch/config.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace tenon::template_arch {
namespace {

constexpr uint32_t kMaxSize = 1u << 24;

// A length below "template_arch.": 1 or more.
StatusOr<uint32_t> Size(const Metadata& metadata, std::string_view name) {
  const std::string key = absl::StrCat("template_arch.", name);
  TENON_ASSIGN_OR_RETURN(const uint32_t n, metadata.U32(key));
  if (n >= 1 && n <= kMaxSize) return n;
  return absl::InvalidArgumentError(
      absl::StrCat("'", key, "' is ", n, "; 1 to ", kMaxSize, " are possible"));
}

}  // namespace

StatusOr<Config> ReadConfig(const ModelFile& file) {
  const Metadata& metadata = file.metadata;
  Config c{};
  TENON_ASSIGN_OR_RETURN(c.layers, Size(metadata, "block_count"));
  TENON_ASSIGN_OR_RETURN(c.E, Size(metadata, "embedding_length"));
  TENON_ASSIGN_OR_RETURN(c.F, Size(metadata, "feed_forward_length"));
  TENON_ASSIGN_OR_RETURN(c.context_length, Size(metadata, "context_length"));
  TENON_ASSIGN_OR_RETURN(
      const double eps,
      metadata.F64("template_arch.attention.layer_norm_rms_epsilon"));
  c.eps = static_cast<float>(eps);
  const TensorInfo* embedding = file.Find("token_embd.weight");
  if (embedding == nullptr || embedding->rows() > kMaxSize) {
    return absl::InvalidArgumentError(
        "tensor 'token_embd.weight': missing, or of an impossible size");
  }
  c.V = static_cast<uint32_t>(embedding->rows());
  return c;
}

}  // namespace tenon::template_arch
