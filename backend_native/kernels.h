// The kernels of this backend, for each instruction set that it knows.  They
// compute the bits of backend_scalar from the layouts of backend_simd128.
#ifndef BACKEND_NATIVE_KERNELS_H_
#define BACKEND_NATIVE_KERNELS_H_

#include "backend_simd128/kernels.h"

namespace tenon::native {

using simd128::Kernel;
using simd128::ScratchBytes;

// Linear, LinearAdd and Head: one item per eight rows of the packed weight.
#if defined(__aarch64__)

namespace dotprod {
template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept;
}
namespace i8mm {
template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept;
}

// What this processor has.
bool HasDotProd() noexcept;
bool HasI8mm() noexcept;  // and dot products

#else

namespace avx2 {
template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept;
}
namespace avxvnni {
template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept;
}
namespace vnni {
template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept;
}
namespace amx {
template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept;
template <typename Format>
uint64_t LinearInt8Scratch(const KernelArgs& args,
                           const ScratchQuery& query) noexcept;
}  // namespace amx

// What this processor has; the others need AVX2.
bool HasAvx2() noexcept;
bool HasAvxVnni() noexcept;
bool HasVnni() noexcept;  // AVX-512 VNNI
bool HasAmx() noexcept;   // and VNNI, and the system lets this process use it

#endif

}  // namespace tenon::native

#endif  // BACKEND_NATIVE_KERNELS_H_
