#if defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

#include "backend_native/kernels.h"
#include "backend_native/product_entry.h"
#include "tenon/backend.h"
#include "tenon/plugin.h"

namespace tenon {
namespace native {

bool HasDotProd() noexcept {
#if defined(__linux__)
  return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
#elif defined(__APPLE__)
  return true;  // every one
#else
  return false;
#endif
}

namespace {

template <typename Format>
constexpr KernelEntry Product(OpKind op, DType weight, const char* name) {
  return ProductEntry<Format>(op, weight, name, dotprod::LinearInt8<Format>);
}

constexpr KernelEntry kKernels[] = {
#include "backend_native/products.inc"
};

const char* Unusable() noexcept {
  return HasDotProd() ? nullptr : "the processor lacks dot products of bytes";
}

constexpr Backend kBackend{.kernels = kKernels, .unusable = Unusable};

}  // namespace
}  // namespace native

extern constinit const Plugin kBackendNative{
    "backend_native", "ARM with dot products of bytes, asked at start",
    &native::kBackend};

}  // namespace tenon
