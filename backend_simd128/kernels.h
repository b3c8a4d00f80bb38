// The kernels of this backend, as its table names them.  All of them compute
// the bits of backend_scalar.
#ifndef BACKEND_SIMD128_KERNELS_H_
#define BACKEND_SIMD128_KERNELS_H_

#include "tenon/kernel.h"

namespace tenon::simd128 {

using Kernel = void(const KernelArgs& args, const StepContext& ctx, Range range,
                    std::byte* scratch) noexcept;
using Items = uint32_t(const KernelArgs& args, const StepContext& ctx) noexcept;
using ScratchBytes = uint64_t(const KernelArgs& args,
                              const ScratchQuery& query) noexcept;
using Refuses = const char*(const KernelArgs& args) noexcept;

// One item per row of the output.
Items OutputRows;

// embed.cc: from rows, and from the packed layout.
Kernel EmbedRows;
template <typename Format>
void EmbedPacked(const KernelArgs& args, const StepContext& ctx, Range range,
                 std::byte* scratch) noexcept;

// elementwise.cc
Kernel Add, Mul, Silu, Sigmoid, Softplus, SwiGlu;

// norm.cc: one item per run of NormAttrs::width elements; Scale and
// Offset: one per row.
Kernel RmsNorm, L2Norm, GatedRmsNorm, Scale, Offset;
Items NormRuns;
// y = (x / sqrt(mean(x^2) + eps)) * w, for attrs.width elements.
void NormRun(const WeightRef& w, const NormAttrs& attrs, const float* x,
             float* y) noexcept;

// quantize.cc
Kernel Quantize, NormQuantize;
Refuses QuantizeRefuses, NormQuantizeRefuses;
ScratchBytes NormQuantizeScratch;

// rope.cc: one item per head of each row.
Kernel Rope;
Items RopeHeads;

// append.cc
Kernel Append;
Items AppendRows;
Refuses AppendRefuses;

// attention.cc: one item per key/value head of a few tokens.
Kernel Attention;
Items AttentionItems;
ScratchBytes AttentionScratch;
Refuses AttentionRefuses;

// causal_conv.cc: one item per 64 channels.
Kernel CausalConv;
Items ConvChannels;
ScratchBytes ConvScratch;

// gated_delta.cc, one item per value head: token by token, and by chunks.
Kernel GatedDelta, GatedDeltaChunked;
Items DeltaHeads;
ScratchBytes DeltaChunkScratch;

// Linear, LinearAdd and Head:

// linear_f32.cc: one item per row of the weight.
Kernel LinearF32;
Items WeightRows;
ScratchBytes LinearF32Scratch;

// linear_int8.cc: one item per two row groups of the packed weight and the
// tokens that go together.  RowGroups: one item per row group, for other
// kernels of the same layout.
template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept;
template <typename Format>
uint64_t LinearInt8Scratch(const KernelArgs& args,
                           const ScratchQuery& query) noexcept;
Items LinearInt8Items, RowGroups;

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_KERNELS_H_
