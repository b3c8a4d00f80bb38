#include "conformance/cases.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

#include "conformance/nodes.h"

namespace tenon::conformance {
namespace {

using Cases = std::vector<NodeCase>;

// Row lengths that both types can store.
std::vector<uint32_t> RowLengths(DType weight, DType activation) {
  const uint32_t block =
      std::max(Info(weight).block_elements, Info(activation).block_elements);
  if (block == 1) return {1, 17, 72, 256, 515};
  return {block, 3 * block, 512};
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
    cases.push_back(Embedding(e, 9, k));
  return cases;
}

Cases Norms(const KernelEntry& e) {
  Cases cases;
  for (uint32_t width : {1u, 20u, 72u, 257u})
    for (uint32_t runs : {1u, 3u}) cases.push_back(Norm(e, runs, width));
  return cases;
}

Cases AllAngles(const KernelEntry& e) {
  Cases cases;
  for (uint32_t n_rot : {2u, 20u, 64u}) {
    const RopeAnglesAttrs plain{.n_rot = n_rot, .base = 10000.0};
    RopeAnglesAttrs linear = plain, yarn = plain;
    linear.scale = 0.25;
    yarn = {n_rot, 5e5, 0.25, 2.0, 7.0, true, 1.138629436111989};
    for (const RopeAnglesAttrs& attrs : {plain, linear, yarn})
      for (bool factors : {false, true})
        cases.push_back(Angles(e, attrs, factors));
  }
  return cases;
}

Cases Rotations(const KernelEntry& e) {
  Cases cases;
  for (uint32_t heads : {1u, 3u})
    for (uint32_t n_rot : {20u, 12u})
      for (RopePairing pairing : {RopePairing::kAdjacent, RopePairing::kHalves})
        cases.push_back(Rotation(e, heads, {20, n_rot, pairing}));
  return cases;
}

Cases Appends(const KernelEntry& e) {
  Cases cases;
  for (DType cache : {DType::kF32, DType::kF16})
    for (uint32_t cols : {1u, 40u, 128u})
      cases.push_back(Storing(e, cache, cols));
  return cases;
}

Cases Attentions(const KernelEntry& e) {
  struct Heads {
    uint32_t query, kv, dim;
  };
  Cases cases;
  for (const auto& [h, g, d] :
       {Heads{1, 1, 1}, Heads{6, 2, 20}, Heads{4, 4, 8}, Heads{3, 1, 64}})
    for (uint32_t window : {0u, 1u, 7u, 20u})
      for (DType cache : {DType::kF32, DType::kF16})
        cases.push_back(AttentionOver(e, {h, g, d, 0.3f, window}, cache));
  return cases;
}

Cases Slices(const KernelEntry& e) {
  Cases cases;
  for (uint32_t begin : {0u, 5u, 41u})
    cases.push_back(Slice(e, {begin, 31, 72}, 1));
  for (uint32_t begin : {0u, 7u}) cases.push_back(Slice(e, {begin, 5, 24}, 3));
  return cases;
}

Cases PerColumns(const KernelEntry& e) {
  return {PerColumn(e, 1), PerColumn(e, 17), PerColumn(e, 300)};
}

Cases Convolutions(const KernelEntry& e) {
  Cases cases;
  for (uint32_t channels : {1u, 33u})
    for (uint32_t taps : {2u, 4u})
      cases.push_back(Convolution(e, channels, taps));
  return cases;
}

Cases DeltaRules(const KernelEntry& e) {
  Cases cases;
  for (const auto& [keys, values, s] :
       {std::array{1u, 1u, 8u}, std::array{2u, 4u, 20u},
        std::array{2u, 6u, 16u}})
    for (HeadOrder order : {HeadOrder::kModulo, HeadOrder::kGrouped})
      cases.push_back(DeltaRule(e, {keys, values, s, order}));
  return cases;
}

Cases Routes(const KernelEntry& e) {
  return {Routing(e, {8, 2}), Routing(e, {5, 5}), Routing(e, {60, 4})};
}

Cases Experts(const KernelEntry& e) {
  const uint32_t block = Info(e.weight).block_elements;
  return {ExpertMatrices(e, {4, 2}, 5, block > 1 ? block : 24)};
}

Cases Elements(const KernelEntry& e) {
  Cases cases;
  for (uint32_t cols : {1u, 17u, 72u, 256u})
    cases.push_back(ElementByElement(e, cols));
  return cases;
}

Cases Quantizations(const KernelEntry& e) {
  Cases cases;
  for (const auto& [cols, width] :
       {std::array{32u, 32u}, std::array{96u, 32u}, std::array{256u, 256u},
        std::array{512u, 256u}})
    cases.push_back(Quantization(e, cols, width));
  return cases;
}

Cases OfAllRows(const KernelEntry& entry) {
  switch (entry.op) {
    case OpKind::kEmbed:
      return Embeddings(entry);
    case OpKind::kTakeOutputs:
      return {OutputRows(entry, 1), OutputRows(entry, 72)};
    case OpKind::kRmsNorm:
    case OpKind::kL2Norm:
    case OpKind::kGatedRmsNorm:
      return Norms(entry);
    case OpKind::kQuantize:
      return Quantizations(entry);
    case OpKind::kNormQuantize:
      return {RoundedNorm(entry, 32, 32), RoundedNorm(entry, 96, 32),
              RoundedNorm(entry, 512, 256)};
    case OpKind::kLinear:
    case OpKind::kLinearAdd:
    case OpKind::kHead:
      return Projections(entry);
    case OpKind::kRopeAngles:
      return AllAngles(entry);
    case OpKind::kRope:
      return Rotations(entry);
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
      return Elements(entry);
    case OpKind::kSlice:
      return Slices(entry);
    case OpKind::kConcat:
      return {Concat(entry, {3, 1, 40})};
    case OpKind::kScale:
    case OpKind::kOffset:
      return PerColumns(entry);
    case OpKind::kCausalConv:
      return Convolutions(entry);
    case OpKind::kGatedDelta:
      return DeltaRules(entry);
    case OpKind::kRoute:
      return Routes(entry);
    case OpKind::kExpertLinear:
    case OpKind::kExpertSum:
      return Experts(entry);
    case OpKind::kCustom:
      return {};
  }
  return {};
}

NodeCase OfOutputRows(NodeCase c) {
  c.label += " outputs";
  c.out.rows = Rows::kOutputs;
  for (OperandSpec& in : c.in) in.rows = Rows::kOutputs;
  return c;
}

}  // namespace

Cases CasesFor(const KernelEntry& entry) {
  Cases cases = OfAllRows(entry);
  if (!Info(entry.op).by_row) return cases;
  const Cases all = cases;
  std::ranges::transform(all, std::back_inserter(cases), &OfOutputRows);
  return cases;
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
