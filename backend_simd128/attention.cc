// Attention in 128 bits: attention_block.h.
#include "backend_simd128/attention_block.h"
#include "backend_simd128/kernels.h"
#include "backend_simd128/row_math.h"

namespace tenon::simd128 {

uint32_t AttentionItems(const KernelArgs& args,
                        const StepContext& ctx) noexcept {
  const size_t blocks = (RowCount(args.out, ctx) + kBlock - 1) / kBlock;
  return static_cast<uint32_t>(blocks * args.As<AttentionAttrs>().kv_heads);
}

uint64_t AttentionScratch(const KernelArgs& args,
                          const ScratchQuery& query) noexcept {
  return AttentionBlock<RowMath>::Floats(args.As<AttentionAttrs>(),
                                         query.max_positions) *
         sizeof(float);
}

const char* AttentionRefuses(const KernelArgs& args) noexcept {
  for (const StateRef& state : args.state)
    if (state.dtype != DType::kF32 && state.dtype != DType::kF16)
      return "the cache is neither F32 nor F16";
  return nullptr;
}

void Attention(const KernelArgs& args, const StepContext& ctx, Range range,
               std::byte* scratch) noexcept {
  RunAttention<RowMath>(args, ctx, range, scratch);
}

}  // namespace tenon::simd128
