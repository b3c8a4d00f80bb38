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
};

constexpr Backend kBackend{.kernels = kKernels};

}  // namespace
}  // namespace scalar

extern constinit const Plugin kBackendScalar{
    "backend_scalar", "every op and weight type in plain C++: the reference",
    &scalar::kBackend};

}  // namespace tenon
