#include "conformance/cases.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace tenon::conformance {
namespace {

using Cases = std::vector<NodeCase>;

std::string Sizes(std::initializer_list<uint32_t> sizes) {
  std::string text;
  for (uint32_t s : sizes) {
    if (!text.empty()) text += "x";
    text += std::to_string(s);
  }
  return text;
}

// Row lengths that both types can store.
std::vector<uint32_t> RowLengths(DType weight, DType activation) {
  const uint32_t block =
      std::max(Info(weight).block_elements, Info(activation).block_elements);
  if (block == 1) return {1, 17, 72, 256, 515};
  return {block, 3 * block, 512};
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

Cases Projections(const KernelEntry& e) {
  Cases cases;
  const std::vector<uint32_t> lengths = RowLengths(e.weight, e.activation);
  for (uint32_t n : {1u, 5u, 33u})
    for (uint32_t k : lengths) cases.push_back(Projection(e, n, k));
  for (DType bias : {DType::kF32, DType::kF16, DType::kBF16}) {
    cases.push_back(Projection(e, 5, lengths.front()));
    cases.back().label += std::string(" bias ") + Name(bias);
    cases.back().weights.push_back({bias, 1, 5});
  }
  return cases;
}

Cases Embeddings(const KernelEntry& e) {
  Cases cases;
  for (uint32_t k : RowLengths(e.weight, DType::kF32))
    cases.push_back({.label = Sizes({9, k}),
                     .op = e.op,
                     .out = {k},
                     .weights = {{e.weight, 9, k}}});
  return cases;
}

Cases Norms(const KernelEntry& e) {
  Cases cases;
  for (uint32_t width : {1u, 20u, 72u, 257u})
    for (uint32_t runs : {1u, 3u})
      for (Rows rows : {Rows::kTokens, Rows::kOutputs})
        cases.push_back({.label = Sizes({runs, width}),
                         .op = e.op,
                         .in = std::vector<OperandSpec>(Info(e.op).max_inputs,
                                                        {runs * width, rows}),
                         .out = {runs * width, rows},
                         .weights = std::vector<WeightSpec>(
                             Info(e.op).max_weights, {e.weight, 1, width}),
                         .attrs = NormAttrs{width, 1e-5f}});
  return cases;
}

Cases Angles(const KernelEntry& e) {
  Cases cases;
  for (uint32_t n_rot : {2u, 20u, 64u}) {
    const RopeAnglesAttrs plain{.n_rot = n_rot, .base = 10000.0};
    RopeAnglesAttrs linear = plain, yarn = plain;
    linear.scale = 0.25;
    yarn = {n_rot, 5e5, 0.25, 2.0, 7.0, true, 1.138629436111989};
    for (const RopeAnglesAttrs& attrs : {plain, linear, yarn})
      for (uint32_t factors : {0u, 1u})
        cases.push_back({.label = Sizes({n_rot, factors}),
                         .op = e.op,
                         .out = {n_rot},
                         .weights = {{e.weight, factors, n_rot / 2}},
                         .attrs = attrs});
  }
  return cases;
}

Cases Ropes(const KernelEntry& e) {
  Cases cases;
  for (uint32_t heads : {1u, 3u})
    for (uint32_t n_rot : {20u, 12u})
      for (RopePairing pairing : {RopePairing::kAdjacent, RopePairing::kHalves})
        cases.push_back({.label = Sizes({heads, n_rot}),
                         .op = e.op,
                         .in = {{heads * 20}, {n_rot}},
                         .out = {heads * 20},
                         .attrs = RopeAttrs{20, n_rot, pairing}});
  return cases;
}

Cases Appends(const KernelEntry& e) {
  Cases cases;
  for (DType cache : {DType::kF32, DType::kF16})
    for (uint32_t cols : {1u, 40u, 128u})
      cases.push_back({.label = Sizes({cols}) + " " + Name(cache),
                       .op = e.op,
                       .in = {{cols, Rows::kTokens, e.activation}},
                       .states = {{cache, cols}}});
  return cases;
}

Cases Attentions(const KernelEntry& e) {
  struct Heads {
    uint32_t query, kv, dim;
  };
  Cases cases;
  for (const auto& [h, g, d] :
       {Heads{1, 1, 1}, Heads{6, 2, 20}, Heads{4, 4, 8}, Heads{3, 1, 64}})
    for (uint32_t window : {0u, 1u, 7u})
      for (DType cache : {DType::kF32, DType::kF16})
        cases.push_back({.label = Sizes({h, g, d, window}) + Name(cache),
                         .op = e.op,
                         .in = {{h * d}},
                         .out = {h * d},
                         .states = {{cache, g * d}, {cache, g * d}},
                         .attrs = AttentionAttrs{h, g, d, 0.3f, window}});
  return cases;
}

Cases Slices(const KernelEntry& e) {
  Cases cases;
  for (uint32_t begin : {0u, 5u, 41u})
    cases.push_back({.label = Sizes({begin}),
                     .op = e.op,
                     .in = {{72}},
                     .out = {31},
                     .attrs = SliceAttrs{begin, 31, 72}});
  for (uint32_t begin : {0u, 7u})
    cases.push_back({.label = "each " + Sizes({begin}),
                     .op = e.op,
                     .in = {{72}},
                     .out = {15},
                     .attrs = SliceAttrs{begin, 5, 24}});
  return cases;
}

Cases Concats(const KernelEntry& e) {
  return {
      {.label = "3, 1, 40", .op = e.op, .in = {{3}, {1}, {40}}, .out = {44}}};
}

// One number per column.
Cases PerColumn(const KernelEntry& e) {
  Cases cases;
  for (uint32_t cols : {1u, 17u, 300u})
    cases.push_back({.label = Sizes({cols}),
                     .op = e.op,
                     .in = {{cols}},
                     .out = {cols},
                     .weights = {{e.weight, 1, cols}}});
  return cases;
}

Cases Convolutions(const KernelEntry& e) {
  Cases cases;
  for (uint32_t channels : {1u, 33u})
    for (uint32_t taps : {2u, 4u})
      cases.push_back({.label = Sizes({channels, taps}),
                       .op = e.op,
                       .in = {{channels}},
                       .out = {channels},
                       .weights = {{e.weight, channels, taps}},
                       .states = {{DType::kF32, channels, taps - 1}}});
  return cases;
}

Cases DeltaRules(const KernelEntry& e) {
  Cases cases;
  for (const auto& [keys, values, s] :
       {std::array{1u, 1u, 8u}, std::array{2u, 4u, 20u},
        std::array{2u, 6u, 16u}})
    for (HeadOrder order : {HeadOrder::kModulo, HeadOrder::kGrouped})
      cases.push_back(
          {.label = Sizes({keys, values, s}),
           .op = e.op,
           .in = {{keys * s}, {keys * s}, {values * s}, {values}, {values}},
           .out = {values * s},
           .states = {{DType::kF32, s, values * s}},
           .attrs = DeltaAttrs{keys, values, s, order}});
  return cases;
}

Cases Routes(const KernelEntry& e) {
  Cases cases;
  for (const auto& [experts, used] : {std::pair{8u, 2u}, {5u, 5u}, {60u, 4u}})
    cases.push_back({.label = Sizes({experts, used}),
                     .op = e.op,
                     .in = {{experts}},
                     .out = {2 * used},
                     .attrs = RouteAttrs{experts, used}});
  return cases;
}

// ExpertLinear shares the input among the slots, ExpertSum has one for each.
Cases ExpertMatrices(const KernelEntry& e) {
  const uint32_t block = Info(e.weight).block_elements;
  const uint32_t cols = block > 1 ? block : 24;
  const uint32_t experts = 4, used = 2, rows = 5;
  const bool sum = e.op == OpKind::kExpertSum;
  return {{.label = Sizes({experts, used, rows, cols}),
           .op = e.op,
           .in = {{sum ? used * cols : cols, Rows::kTokens, e.activation},
                  {2 * used}},
           .out = {sum ? rows : used * rows},
           .weights = {{e.weight, experts * rows, cols}},
           .attrs = RouteAttrs{experts, used}}};
}

Cases ElementByElement(const KernelEntry& e) {
  Cases cases;
  for (uint32_t cols : {1u, 17u, 72u, 256u})
    for (Rows rows : {Rows::kTokens, Rows::kOutputs})
      cases.push_back(
          {.label = Sizes({cols}),
           .op = e.op,
           .in = std::vector<OperandSpec>(Info(e.op).max_inputs, {cols, rows}),
           .out = {cols, rows}});
  return cases;
}

Cases Quantizations(const KernelEntry& e) {
  Cases cases;
  for (uint32_t cols : {32u, 96u, 512u})
    for (Rows rows : {Rows::kTokens, Rows::kOutputs})
      cases.push_back({.label = Sizes({cols}),
                       .op = e.op,
                       .in = {{cols, rows}},
                       .out = {cols, rows, DType::kA8}});
  return cases;
}

Cases OutputRows(const KernelEntry& e) {
  Cases cases;
  for (uint32_t cols : {1u, 72u})
    cases.push_back({.label = Sizes({cols}),
                     .op = e.op,
                     .in = {{cols}},
                     .out = {cols, Rows::kOutputs}});
  return cases;
}

}  // namespace

Cases CasesFor(const KernelEntry& entry) {
  switch (entry.op) {
    case OpKind::kEmbed:
      return Embeddings(entry);
    case OpKind::kTakeOutputs:
      return OutputRows(entry);
    case OpKind::kRmsNorm:
    case OpKind::kL2Norm:
    case OpKind::kGatedRmsNorm:
      return Norms(entry);
    case OpKind::kQuantize:
      return Quantizations(entry);
    case OpKind::kLinear:
    case OpKind::kLinearAdd:
    case OpKind::kHead:
      return Projections(entry);
    case OpKind::kRopeAngles:
      return Angles(entry);
    case OpKind::kRope:
      return Ropes(entry);
    case OpKind::kAppend:
      return Appends(entry);
    case OpKind::kAttention:
      return Attentions(entry);
    case OpKind::kAdd:
    case OpKind::kMul:
    case OpKind::kSilu:
    case OpKind::kSwiGlu:
    case OpKind::kSigmoid:
    case OpKind::kSoftplus:
      return ElementByElement(entry);
    case OpKind::kSlice:
      return Slices(entry);
    case OpKind::kConcat:
      return Concats(entry);
    case OpKind::kScale:
    case OpKind::kOffset:
      return PerColumn(entry);
    case OpKind::kCausalConv:
      return Convolutions(entry);
    case OpKind::kGatedDelta:
      return DeltaRules(entry);
    case OpKind::kRoute:
      return Routes(entry);
    case OpKind::kExpertLinear:
    case OpKind::kExpertSum:
      return ExpertMatrices(entry);
    case OpKind::kCustom:
      return {};
  }
  return {};
}

std::vector<StepShape> StepsFor(const KernelEntry& entry) {
  std::vector<StepShape> steps = {{1, 1, 0}, {1, 1, 37}, {1, 0, 5}};
  if (entry.phases & kPrefill) {
    steps.insert(steps.end(), {{2, 2, 0}, {2, 1, 5}, {17, 6, 3}, {17, 0, 0}});
    steps.push_back({kMaxTokens, kMaxTokens, 200});
  }
  if (entry.op == OpKind::kRopeAngles) steps.push_back({1, 1, 131071});
  return steps;
}

}  // namespace tenon::conformance
