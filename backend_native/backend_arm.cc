#if defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#elif defined(__APPLE__)
#include <sys/sysctl.h>
#endif

#include "backend_native/kernels.h"
#include "backend_native/product_entry.h"
#include "tenon/backend.h"
#include "tenon/plugin.h"

namespace tenon {
namespace native {

#if defined(__linux__)
bool HasDotProd() noexcept {
  return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
}
bool HasI8mm() noexcept {
  return HasDotProd() && (getauxval(AT_HWCAP2) & HWCAP2_I8MM) != 0;
}
#elif defined(__APPLE__)
bool HasDotProd() noexcept { return true; }  // every one
bool HasI8mm() noexcept {
  int has = 0;
  size_t bytes = sizeof(has);
  return sysctlbyname("hw.optional.arm.FEAT_I8MM", &has, &bytes, nullptr, 0) ==
             0 &&
         has != 0;
}
#else
bool HasDotProd() noexcept { return false; }
bool HasI8mm() noexcept { return false; }
#endif

namespace {

// The best that the processor can run.
template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept {
  static const auto run =
      HasI8mm() ? i8mm::LinearInt8<Format> : dotprod::LinearInt8<Format>;
  run(args, ctx, range, scratch);
}

template <typename Format>
constexpr KernelEntry Product(OpKind op, DType weight, const char* name) {
  return ProductEntry<Format, LinearInt8<Format>>(op, weight, name);
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
    "backend_native",
    "ARM with dot products of bytes or of their matrices, asked at start",
    &native::kBackend};

}  // namespace tenon
