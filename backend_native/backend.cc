#include "tenon/backend.h"

#include "backend_native/kernels.h"
#include "backend_simd128/packed.h"
#include "tenon/plugin.h"

namespace tenon {
namespace native {

bool HasAvx2() noexcept {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c");
}

bool HasVnni() noexcept {
  return HasAvx2() && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vnni");
}

namespace {

// The best that the processor can run.
template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept {
  static const auto run =
      HasVnni() ? vnni::LinearInt8<Format> : avx2::LinearInt8<Format>;
  run(args, ctx, range, scratch);
}

constexpr KernelEntry kKernels[] = {
#define TENON_FLOAT_WEIGHT(W, w)
#define TENON_BLOCK_WEIGHT(W, w)     \
  {OpKind::kLinear,                  \
   DType::k##W,                      \
   DType::kA8,                       \
   LinearInt8<quant::W>,             \
   simd128::RowGroups,               \
   "linear_" w "_a8_native",         \
   nullptr,                          \
   nullptr,                          \
   &simd128::kRows8<quant::W>},      \
      {OpKind::kLinearAdd,           \
       DType::k##W,                  \
       DType::kA8,                   \
       LinearInt8<quant::W>,         \
       simd128::RowGroups,           \
       "linear_add_" w "_a8_native", \
       nullptr,                      \
       nullptr,                      \
       &simd128::kRows8<quant::W>},  \
      {OpKind::kHead,                \
       DType::k##W,                  \
       DType::kA8,                   \
       LinearInt8<quant::W>,         \
       simd128::RowGroups,           \
       "head_" w "_a8_native",       \
       nullptr,                      \
       nullptr,                      \
       &simd128::kRows8<quant::W>},
#include "backend_simd128/weights.inc"
#undef TENON_FLOAT_WEIGHT
#undef TENON_BLOCK_WEIGHT
};

const char* Unusable() noexcept {
  return HasAvx2() ? nullptr : "the processor lacks AVX2 or F16C";
}

constexpr Backend kBackend{.kernels = kKernels, .unusable = Unusable};

}  // namespace
}  // namespace native

extern constinit const Plugin kBackendNative{
    "backend_native", "x86-64 with AVX2 or AVX-512 VNNI, asked at start",
    &native::kBackend};

}  // namespace tenon
