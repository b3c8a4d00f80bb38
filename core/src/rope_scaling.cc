#include <algorithm>
#include <cmath>
#include <numbers>

#include "absl/strings/str_cat.h"
#include "tenon/hyperparameters.h"

namespace tenon {
namespace {

// The pair that turns `beta` times within the original context (YaRN, Peng et
// al. 2023, section 3.2).
double YarnPair(double n_rot, double context, double beta, double base) {
  return n_rot * std::log(context / (beta * 2 * std::numbers::pi)) /
         (2 * std::log(base));
}

// Betas 32 and 1, whatever the file says: that is what engines that the models
// were published for do.
Status AddYarn(const Hyperparameters& keys, double factor, uint32_t context,
               RopeAnglesAttrs& rope) {
  TENON_ASSIGN_OR_RETURN(
      const uint32_t original,
      keys.LengthOr("rope.scaling.original_context_length", context));
  const double n_rot = rope.n_rot;
  rope.yarn = true;
  rope.yarn_low =
      std::max(0.0, std::floor(YarnPair(n_rot, original, 32, rope.base)));
  rope.yarn_high =
      std::min(n_rot - 1, std::ceil(YarnPair(n_rot, original, 1, rope.base)));
  rope.magnitude = 1 + 0.1 * std::log(factor);
  return absl::OkStatus();
}

Status AddScaling(const Hyperparameters& keys, uint32_t context,
                  RopeAnglesAttrs& rope) {
  TENON_ASSIGN_OR_RETURN(
      const std::string_view type,
      keys.metadata().StringOr(keys.Key("rope.scaling.type"), "linear"));
  if (type != "none" && type != "linear" && type != "yarn") {
    return keys.Unsupported(
        "rope.scaling.type",
        absl::StrCat("is '", type, "'; none, linear and yarn are supported"));
  }
  TENON_ASSIGN_OR_RETURN(const double old_factor,
                         keys.NumberOr("rope.scale_linear", 0));
  TENON_ASSIGN_OR_RETURN(const double factor,
                         keys.NumberOr("rope.scaling.factor", old_factor));
  if (factor < 0) return keys.Invalid("rope.scaling.factor", "is negative");
  if (type != "none" && factor > 0) {
    rope.scale = 1 / factor;
    if (type == "yarn")
      TENON_RETURN_IF_ERROR(AddYarn(keys, factor, context, rope));
  }
  TENON_ASSIGN_OR_RETURN(const double attn_factor,
                         keys.NumberOr("rope.scaling.attn_factor", 1));
  rope.magnitude *= attn_factor;
  return absl::OkStatus();
}

}  // namespace

StatusOr<RopeAnglesAttrs> ReadRope(const Hyperparameters& keys, uint32_t D,
                                   uint32_t context_length) {
  RopeAnglesAttrs rope{};
  TENON_ASSIGN_OR_RETURN(rope.n_rot, keys.LengthOr("rope.dimension_count", D));
  if (rope.n_rot % 2 != 0 || rope.n_rot > D) {
    return keys.Invalid("rope.dimension_count",
                        absl::StrCat("is ", rope.n_rot,
                                     "; even numbers up to the head dimension ",
                                     D, " are possible"));
  }
  TENON_ASSIGN_OR_RETURN(rope.base, keys.NumberOr("rope.freq_base", 10000));
  if (rope.base <= 1)
    return keys.Invalid("rope.freq_base", "must be greater than 1");
  TENON_RETURN_IF_ERROR(AddScaling(keys, context_length, rope));
  return rope;
}

}  // namespace tenon
