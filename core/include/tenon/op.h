// Operations of a graph, and what each needs to know besides its operands.
//
// Dimension letters, used everywhere in Tenon:
//   T tokens of this step      R output rows: the last R of the T tokens
//   E embedding length         V vocabulary
//   H query heads              G key/value heads (GQA: H is a multiple of G)
//   D head dimension           F feed-forward length
//   P positions held in state  N, K rows and columns of a weight: y[N] = W x[K]
//   S head dimension of linear attention          C taps of a convolution
// Values are matrices [T or R, columns], row by row, without padding.
#ifndef TENON_OP_H_
#define TENON_OP_H_

#include <cstdint>
#include <variant>

namespace tenon {

enum class OpKind : uint8_t {
#define TENON_OP(name, ...) k##name,
#include "tenon/op.inc"
#undef TENON_OP
};

// The symbolic number of rows of a value: T or R.
enum class Rows : uint8_t { kTokens, kOutputs };

struct OpInfo {
  const char* name;
  uint8_t max_inputs, max_weights, max_states;
  bool by_row;  // a row of the result needs that row of each input alone
};
const OpInfo& Info(OpKind op) noexcept;

struct NormAttrs {
  uint32_t width;  // elements per norm: E, or D for a norm per head
  float eps;
};

struct QuantizeAttrs {
  uint32_t width;  // elements that share a scale, a multiple of 32

  // Why rows of `cols` elements cannot be rounded, or nullptr.
  constexpr const char* Refuses(uint32_t cols) const noexcept {
    if (width == 0 || width % 32 != 0)
      return "the width of a scale is no multiple of 32";
    return cols % width == 0
               ? nullptr
               : "columns are no multiple of the width of a scale";
  }
};

struct NormQuantizeAttrs {
  NormAttrs norm;  // of all columns
  QuantizeAttrs rounding;

  constexpr const char* Refuses(uint32_t cols) const noexcept {
    return norm.width == cols ? rounding.Refuses(cols)
                              : "the norm is not one of whole rows";
  }
};

// Which elements of a head form pair i of n_rot / 2.
enum class RopePairing : uint8_t {
  kAdjacent,  // (2i, 2i + 1): GGUF `llama`
  kHalves,    // (i, i + n_rot / 2): NEOX, GGUF `qwen*`
};

// angle(position, i) = position * base^(-2i / n_rot) / factor_i, stretched by
// linear or YaRN scaling (Peng et al. 2023), and the cosine and sine times
// `magnitude`.  Positions and angles are float64, the result is f32.
struct RopeAnglesAttrs {
  uint32_t n_rot;
  double base;
  double scale = 1.0;  // 1 / linear factor, or 1 / YaRN factor
  // With `yarn`: pairs up to `yarn_low` keep their angle, pairs from
  // `yarn_high` on take angle * scale, those between are mixed.
  double yarn_low = 0.0, yarn_high = 0.0;
  bool yarn = false;
  double magnitude = 1.0;
};

struct RopeAttrs {
  uint32_t head_dim;
  uint32_t n_rot;  // the elements of a head from n_rot on are copied
  RopePairing pairing;
};

struct AttentionAttrs {
  uint32_t heads, kv_heads, head_dim;
  float scale;      // 1 / sqrt(D)
  uint32_t window;  // a query sees its last `window` positions; 0: all
};

// Takes [begin, begin + width) of each `period` columns: a plain range where
// the period is the whole row, one part of every head where it is a head.
struct SliceAttrs {
  uint32_t begin, width, period;
};

// Which key head a value head reads, where there are more value heads.
enum class HeadOrder : uint8_t {
  kModulo,   // p mod key_heads: GGUF `qwen35`, whose value heads are re-ordered
  kGrouped,  // p / (value_heads / key_heads): GGUF `qwen3next`
};

// A mixture of experts: `used` of `experts` per token.
struct RouteAttrs {
  uint32_t experts, used;
};

// The gated delta rule (Yang et al. 2024), per value head with a state M[S, S]
// of f32 that starts at zero:
//   M = e^decay M;  e = beta (v - M k);  M = M + e k^T;  out = M q / sqrt(S)
// Shapes: q, k [T, key_heads * S]; v [T, value_heads * S]; decay, beta
// [T, value_heads].  The state of a head lies as [value][key].
struct DeltaAttrs {
  uint32_t key_heads, value_heads;
  uint32_t head_dim;  // S
  HeadOrder order;
};

// Attributes of an out-of-tree op: `data` is the plugin's, and outlives the
// graph and every plan made from it.
struct CustomOp;
struct CustomAttrs {
  const CustomOp* op;
  const void* data;
};

using OpAttrs =
    std::variant<std::monostate, NormAttrs, QuantizeAttrs, NormQuantizeAttrs,
                 RopeAnglesAttrs, RopeAttrs, AttentionAttrs, SliceAttrs,
                 DeltaAttrs, RouteAttrs, CustomAttrs>;

}  // namespace tenon

#endif  // TENON_OP_H_
