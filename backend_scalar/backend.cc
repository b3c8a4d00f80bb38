#include "tenon/backend.h"

#include "backend_scalar/kernels.h"
#include "tenon/plugin.h"
#include "tenon/quant.h"

namespace tenon {
namespace scalar {
namespace {

constexpr KernelEntry kKernels[] = {
#define TENON_KERNEL(op, weight, activation, name, run, items, scratch,     \
                     refuses)                                               \
  {OpKind::k##op, DType::k##weight, DType::k##activation, run, items, name, \
   scratch,       refuses},
#include "backend_scalar/kernels.inc"
#undef TENON_KERNEL
    {.op = OpKind::kGatedDelta,
     .weight = DType::kF32,
     .activation = DType::kF32,
     .run = GatedDeltaChunked,
     .items = DeltaHeads,
     .name = "gated_delta_chunked_f32_f32_scalar",
     .scratch = DeltaChunkScratch,
     .phases = kPrefill},
    {.op = OpKind::kGatedDelta,
     .weight = DType::kF32,
     .activation = DType::kF32,
     .run = GatedDelta,
     .items = DeltaHeads,
     .name = "gated_delta_f32_f32_scalar",
     .phases = kDecode},
};

constexpr Backend kBackend{.kernels = kKernels};

}  // namespace
}  // namespace scalar

extern constinit const Plugin kBackendScalar{
    "backend_scalar", "every op and weight type in plain C++: the reference",
    &scalar::kBackend};

}  // namespace tenon
