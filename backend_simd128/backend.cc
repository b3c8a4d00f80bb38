#include "tenon/backend.h"

#include "backend_simd128/kernels.h"
#include "backend_simd128/packed.h"
#include "backend_simd128/probe.h"
#include "tenon/plugin.h"

namespace tenon {
namespace simd128 {
namespace {

constexpr KernelEntry kKernels[] = {
#define TENON_KERNEL(op, weight, activation, name, run, items, scratch, \
                     refuses, layout)                                   \
  {OpKind::k##op,                                                       \
   DType::k##weight,                                                    \
   DType::k##activation,                                                \
   run,                                                                 \
   items,                                                               \
   name,                                                                \
   scratch,                                                             \
   refuses,                                                             \
   layout},
#include "backend_simd128/kernels.inc"
#undef TENON_KERNEL
    {.op = OpKind::kGatedDelta,
     .weight = DType::kF32,
     .activation = DType::kF32,
     .run = GatedDeltaChunked,
     .items = DeltaHeads,
     .name = "gated_delta_chunked_f32_f32_simd128",
     .scratch = DeltaChunkScratch,
     .phases = kPrefill},
    {.op = OpKind::kGatedDelta,
     .weight = DType::kF32,
     .activation = DType::kF32,
     .run = GatedDelta,
     .items = DeltaHeads,
     .name = "gated_delta_f32_f32_simd128",
     .phases = kDecode},
};

constexpr Backend kBackend{.kernels = kKernels, .unusable = Unusable};

}  // namespace
}  // namespace simd128

extern constinit const Plugin kBackendSimd128{
    "backend_simd128", "WASM SIMD128, natively through SIMDe",
    &simd128::kBackend};

}  // namespace tenon
