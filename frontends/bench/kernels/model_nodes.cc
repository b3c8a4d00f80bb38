#include "bench/kernels/model_nodes.h"

#include "conformance/nodes.h"

namespace tenon::bench {
namespace {

using namespace conformance;  // NOLINT: the makers of nodes

constexpr uint32_t kEmbedding = 1024, kFeedForward = 3584, kVocabulary = 65536;
constexpr uint32_t kHeads = 8, kKvHeads = 2, kHeadDim = 256, kRotated = 64;
constexpr uint32_t kDeltaHeads = 16, kDeltaDim = 128, kConvTaps = 4;
constexpr uint32_t kConvChannels = 3 * kDeltaHeads * kDeltaDim;
constexpr RouteAttrs kRoute = {8, 2};

}  // namespace

std::vector<NodeCase> ModelNodes(const KernelEntry& e) {
  switch (e.op) {
    case OpKind::kLinear:
    case OpKind::kLinearAdd:
      return {Projection(e, kEmbedding, kEmbedding),
              Projection(e, kEmbedding, kFeedForward)};
    case OpKind::kHead:
      return {Projection(e, kVocabulary, kEmbedding)};
    case OpKind::kEmbed:
      return {Embedding(e, 4096, kEmbedding)};
    case OpKind::kExpertLinear:
    case OpKind::kExpertSum:
      return {ExpertMatrices(e, kRoute, 512, kEmbedding)};
    case OpKind::kRoute:
      return {Routing(e, kRoute)};
    case OpKind::kRmsNorm:
      return {Norm(e, 1, kEmbedding)};
    case OpKind::kL2Norm:
    case OpKind::kGatedRmsNorm:
      return {Norm(e, kDeltaHeads, kDeltaDim)};
    case OpKind::kQuantize:
      return {Quantization(e, kFeedForward, 32),
              Quantization(e, kFeedForward, 256)};
    case OpKind::kNormQuantize:
      return {RoundedNorm(e, kEmbedding, 32)};
    case OpKind::kRopeAngles:
      return {Angles(e, {.n_rot = kRotated, .base = 1e7}, false)};
    case OpKind::kRope:
      return {Rotation(e, kHeads, {kHeadDim, kRotated, RopePairing::kHalves})};
    case OpKind::kAppend:
      return {Storing(e, DType::kF16, kKvHeads * kHeadDim)};
    case OpKind::kAttention:
      return {AttentionOver(e, {kHeads, kKvHeads, kHeadDim, 0.0625f, 0},
                            DType::kF16)};
    case OpKind::kCausalConv:
      return {Convolution(e, kConvChannels, kConvTaps)};
    case OpKind::kGatedDelta:
      return {DeltaRule(
          e, {kDeltaHeads, kDeltaHeads, kDeltaDim, HeadOrder::kModulo})};
    case OpKind::kAdd:
    case OpKind::kMul:
    case OpKind::kSilu:
    case OpKind::kSwiGlu:
    case OpKind::kSigmoid:
    case OpKind::kSoftplus:
      return {ElementByElement(e, kFeedForward)};
    case OpKind::kScale:
    case OpKind::kOffset:
      return {PerColumn(e, kEmbedding)};
    case OpKind::kSlice:
      return {Slice(e, {0, kHeadDim, 2 * kHeadDim}, kHeads)};
    case OpKind::kConcat:
      return {Concat(e, {kEmbedding, kEmbedding})};
    case OpKind::kTakeOutputs:
      return {OutputRows(e, kEmbedding)};
    default:
      return {};
  }
}

}  // namespace tenon::bench
