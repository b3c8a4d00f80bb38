// The kernels of this backend, as its table names them.  What each op means
// stands in op.inc; how sums are ordered, in math.h.
#ifndef BACKEND_SCALAR_KERNELS_H_
#define BACKEND_SCALAR_KERNELS_H_

#include "tenon/kernel.h"

namespace tenon::scalar {

using Kernel = void(const KernelArgs& args, const StepContext& ctx, Range range,
                    std::byte* scratch) noexcept;
using Items = uint32_t(const KernelArgs& args, const StepContext& ctx) noexcept;
using ScratchBytes = uint64_t(const KernelArgs& args,
                              const ScratchQuery& query) noexcept;
using Refuses = const char*(const KernelArgs& args) noexcept;

// One item per row of the output.
Items OutputRows;

// move.cc
Kernel Embed, TakeOutputs, Slice, Concat, Append;
Items AppendRows;
Refuses AppendRefuses;

// elementwise.cc
Kernel Add, Mul, Silu, Sigmoid, Softplus, SwiGlu;

// norm.cc: one item per run of NormAttrs::width elements; Scale and
// Offset: one per row.
Kernel RmsNorm, L2Norm, GatedRmsNorm, Scale, Offset;
Items NormRuns;
// y = (x / sqrt(mean(x^2) + eps)) * w, for attrs.width elements.
void NormRun(const WeightRef& w, const NormAttrs& attrs, const float* x,
             float* y) noexcept;

// causal_conv.cc: one item per channel.
Kernel CausalConv;
Items ConvChannels;
ScratchBytes ConvScratch;

// gated_delta.cc, one item per value head: token by token, and by chunks.
Kernel GatedDelta, GatedDeltaChunked;
Items DeltaHeads;
ScratchBytes DeltaChunkScratch;

// rope.cc: Rope has one item per head of each row.
Kernel RopeAngles, Rope;
Items RopeHeads;

// attention.cc: one item per query head of each token.
Kernel Attention;
Items AttentionHeads;
ScratchBytes AttentionScratch;
Refuses AttentionRefuses;

// quantize.cc
Kernel Quantize, NormQuantize;
Refuses QuantizeRefuses, NormQuantizeRefuses;
ScratchBytes NormQuantizeScratch;

// Linear, LinearAdd and Head: one item per row of the weight, which is decoded
// once for all tokens.

// linear.cc: f32 activations.  Each result is Dot(decoded row, x).
Kernel LinearF32;
Items WeightRows;
ScratchBytes LinearF32Scratch;

// linear_int8.cc: A8 activations.  Format: a block type of quant.h.
template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept;
ScratchBytes LinearInt8Scratch;

// experts.cc: Route has one item per token; the others one per row of an
// expert's matrix.
Kernel Route, ExpertLinearF32, ExpertSumF32;
template <typename Format>
void ExpertLinearInt8(const KernelArgs& args, const StepContext& ctx,
                      Range range, std::byte* scratch) noexcept;
template <typename Format>
void ExpertSumInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                   std::byte* scratch) noexcept;
Items ExpertRows;
ScratchBytes RouteScratch;

}  // namespace tenon::scalar

#endif  // BACKEND_SCALAR_KERNELS_H_
