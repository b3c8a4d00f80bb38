#include "conformance/nodes.h"

namespace tenon::conformance {

std::string Sizes(std::initializer_list<uint32_t> sizes) {
  std::string text;
  for (uint32_t s : sizes) {
    if (!text.empty()) text += "x";
    text += std::to_string(s);
  }
  return text;
}

NodeCase Projection(const KernelEntry& e, uint32_t n, uint32_t k) {
  const Rows rows = e.op == OpKind::kHead ? Rows::kOutputs : Rows::kTokens;
  NodeCase c{.label = Sizes({n, k}),
             .op = e.op,
             .in = {{k, rows, e.activation}},
             .out = {n, rows},
             .weights = {{e.weight, n, k}}};
  if (e.op == OpKind::kLinearAdd) c.in.push_back({n, rows});
  return c;
}

NodeCase Embedding(const KernelEntry& e, uint32_t vocabulary, uint32_t k) {
  return {.label = Sizes({vocabulary, k}),
          .op = e.op,
          .out = {k},
          .weights = {{e.weight, vocabulary, k}}};
}

NodeCase ExpertMatrices(const KernelEntry& e, const RouteAttrs& route,
                        uint32_t n, uint32_t k) {
  const bool sum = e.op == OpKind::kExpertSum;
  return {.label = Sizes({route.experts, route.used, n, k}),
          .op = e.op,
          .in = {{sum ? route.used * k : k, Rows::kTokens, e.activation},
                 {2 * route.used}},
          .out = {sum ? n : route.used * n},
          .weights = {{e.weight, route.experts * n, k}},
          .attrs = route};
}

NodeCase Norm(const KernelEntry& e, uint32_t runs, uint32_t width) {
  const OperandSpec row = {runs * width};
  const WeightSpec weight = {e.weight, 1, width};
  return {.label = Sizes({runs, width}),
          .op = e.op,
          .in = std::vector<OperandSpec>(Info(e.op).max_inputs, row),
          .out = row,
          .weights = std::vector<WeightSpec>(Info(e.op).max_weights, weight),
          .attrs = NormAttrs{width, 1e-5f}};
}

NodeCase ElementByElement(const KernelEntry& e, uint32_t cols) {
  const OperandSpec row = {cols};
  return {.label = Sizes({cols}),
          .op = e.op,
          .in = std::vector<OperandSpec>(Info(e.op).max_inputs, row),
          .out = row};
}

NodeCase PerColumn(const KernelEntry& e, uint32_t cols) {
  return {.label = Sizes({cols}),
          .op = e.op,
          .in = {{cols}},
          .out = {cols},
          .weights = {{e.weight, 1, cols}}};
}

NodeCase Quantization(const KernelEntry& e, uint32_t cols, uint32_t width) {
  return {.label = Sizes({cols, width}),
          .op = e.op,
          .in = {{cols}},
          .out = {cols, Rows::kTokens, DType::kA8},
          .attrs = QuantizeAttrs{width}};
}

NodeCase RoundedNorm(const KernelEntry& e, uint32_t cols, uint32_t width) {
  NodeCase c = Quantization(e, cols, width);
  c.weights = {{e.weight, 1, cols}};
  c.attrs = NormQuantizeAttrs{{cols, 1e-5f}, {width}};
  return c;
}

NodeCase Slice(const KernelEntry& e, const SliceAttrs& slice,
               uint32_t periods) {
  return {.label = Sizes({slice.begin, slice.width, slice.period, periods}),
          .op = e.op,
          .in = {{slice.period * periods}},
          .out = {slice.width * periods},
          .attrs = slice};
}

NodeCase Concat(const KernelEntry& e, std::initializer_list<uint32_t> cols) {
  NodeCase c{.label = Sizes(cols), .op = e.op};
  for (const uint32_t n : cols) {
    c.in.push_back({n});
    c.out.cols += n;
  }
  return c;
}

NodeCase OutputRows(const KernelEntry& e, uint32_t cols) {
  return {.label = Sizes({cols}),
          .op = e.op,
          .in = {{cols}},
          .out = {cols, Rows::kOutputs}};
}

NodeCase Routing(const KernelEntry& e, const RouteAttrs& route) {
  return {.label = Sizes({route.experts, route.used}),
          .op = e.op,
          .in = {{route.experts}},
          .out = {2 * route.used},
          .attrs = route};
}

NodeCase Angles(const KernelEntry& e, const RopeAnglesAttrs& attrs,
                bool factors) {
  return {.label = Sizes({attrs.n_rot, factors}),
          .op = e.op,
          .out = {attrs.n_rot},
          .weights = {{e.weight, factors, attrs.n_rot / 2}},
          .attrs = attrs};
}

NodeCase Rotation(const KernelEntry& e, uint32_t heads, const RopeAttrs& rope) {
  const uint32_t cols = heads * rope.head_dim;
  return {.label = Sizes({heads, rope.head_dim, rope.n_rot}),
          .op = e.op,
          .in = {{cols}, {rope.n_rot}},
          .out = {cols},
          .attrs = rope};
}

NodeCase Storing(const KernelEntry& e, DType cache, uint32_t cols) {
  return {.label = Sizes({cols}) + Name(cache),
          .op = e.op,
          .in = {{cols, Rows::kTokens, e.activation}},
          .states = {{cache, cols}}};
}

NodeCase AttentionOver(const KernelEntry& e, const AttentionAttrs& attention,
                       DType cache) {
  const auto& [h, g, d, scale, window] = attention;
  return {.label = Sizes({h, g, d, window}) + Name(cache),
          .op = e.op,
          .in = {{h * d}},
          .out = {h * d},
          .states = {{cache, g * d}, {cache, g * d}},
          .attrs = attention};
}

NodeCase Convolution(const KernelEntry& e, uint32_t channels, uint32_t taps) {
  return {.label = Sizes({channels, taps}),
          .op = e.op,
          .in = {{channels}},
          .out = {channels},
          .weights = {{e.weight, channels, taps}},
          .states = {{DType::kF32, channels, taps - 1}}};
}

NodeCase DeltaRule(const KernelEntry& e, const DeltaAttrs& delta) {
  const uint32_t s = delta.head_dim;
  const uint32_t keys = delta.key_heads, values = delta.value_heads;
  return {.label = Sizes({keys, values, s}),
          .op = e.op,
          .in = {{keys * s}, {keys * s}, {values * s}, {values}, {values}},
          .out = {values * s},
          .states = {{DType::kF32, s, values * s}},
          .attrs = delta};
}

}  // namespace tenon::conformance
