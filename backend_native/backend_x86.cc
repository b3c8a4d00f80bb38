#include <cpuid.h>

#include "tenon/backend.h"
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "backend_native/kernels.h"
#include "backend_native/product_entry.h"
#include "backend_native/rows.h"
#include "backend_simd128/attention_block.h"
#include "backend_simd128/delta_chunk.h"
#include "tenon/plugin.h"

namespace tenon {
namespace native {
namespace {

// What __builtin_cpu_supports() of older compilers does not know; zeros where
// the processor has no such leaf.
struct Features {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
};
Features CpuidLeaf7(unsigned subleaf) noexcept {
  Features f;
  __get_cpuid_count(7, subleaf, &f.eax, &f.ebx, &f.ecx, &f.edx);
  return f;
}

}  // namespace

bool HasAvx2() noexcept {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c");
}

bool HasAvxVnni() noexcept { return HasAvx2() && CpuidLeaf7(1).eax >> 4 & 1; }

bool HasVnni() noexcept {
  return HasAvx2() && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vnni");
}

namespace {

#if defined(__linux__)
// A process asks once for the registers of tiles (arch_prctl(2)).
bool MayUseTiles() noexcept {
  constexpr int kRequest = 0x1023, kTileData = 18;
  return syscall(SYS_arch_prctl, kRequest, kTileData) == 0;
}
#else
bool MayUseTiles() noexcept { return false; }
#endif

// AMX-TILE and AMX-INT8
bool HasTileInstructions() noexcept {
  return (CpuidLeaf7(0).edx >> 24 & 3) == 3;
}

}  // namespace

bool HasAmx() noexcept {
  static const bool has = HasVnni() && HasTileInstructions() && MayUseTiles();
  return has;
}

namespace {

// The best that the processor can run.
template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept {
  static const auto run = HasAmx()       ? amx::LinearInt8<Format>
                          : HasVnni()    ? vnni::LinearInt8<Format>
                          : HasAvxVnni() ? avxvnni::LinearInt8<Format>
                                         : avx2::LinearInt8<Format>;
  run(args, ctx, range, scratch);
}

template <typename Format>
uint64_t LinearInt8Scratch(const KernelArgs& args,
                           const ScratchQuery& query) noexcept {
  return HasAmx() ? amx::LinearInt8Scratch<Format>(args, query) : 0;
}

struct Avx2 {
  static constexpr auto* DecodeHalves = avx2::DecodeHalves;
  static constexpr auto* DotRows = avx2::DotRows;
  static constexpr auto* DotRowsOfTwo = avx2::DotRowsOfTwo;
  static constexpr auto* AddRows = avx2::AddRows;
};
struct Avx512 {
  static constexpr auto* DecodeHalves = avx512::DecodeHalves;
  static constexpr auto* DotRows = avx512::DotRows;
  static constexpr auto* DotRowsOfTwo = avx512::DotRowsOfTwo;
  static constexpr auto* AddRows = avx512::AddRows;
};

void Attention(const KernelArgs& args, const StepContext& ctx, Range range,
               std::byte* scratch) noexcept {
  static const auto run =
      HasVnni() ? simd128::RunAttention<Avx512> : simd128::RunAttention<Avx2>;
  run(args, ctx, range, scratch);
}

void GatedDeltaChunked(const KernelArgs& args, const StepContext& ctx,
                       Range range, std::byte* scratch) noexcept {
  static const auto run = HasVnni() ? simd128::RunDeltaChunks<Avx512>
                                    : simd128::RunDeltaChunks<Avx2>;
  run(args, ctx, range, scratch);
}

template <typename Format>
constexpr KernelEntry Product(OpKind op, DType weight, const char* name) {
  return ProductEntry<Format, LinearInt8<Format>>(op, weight, name,
                                                  LinearInt8Scratch<Format>);
}

constexpr KernelEntry kKernels[] = {
#include "backend_native/products.inc"
    {.op = OpKind::kAttention,
     .weight = DType::kF32,
     .activation = DType::kF32,
     .run = Attention,
     .items = simd128::AttentionItems,
     .name = "attention_f32_f32_native",
     .scratch = simd128::AttentionScratch,
     .refuses = simd128::AttentionRefuses},
    {.op = OpKind::kGatedDelta,
     .weight = DType::kF32,
     .activation = DType::kF32,
     .run = GatedDeltaChunked,
     .items = simd128::DeltaHeads,
     .name = "gated_delta_chunked_f32_f32_native",
     .scratch = simd128::DeltaChunkScratch,
     .phases = kPrefill},
};

const char* Unusable() noexcept {
  return HasAvx2() ? nullptr : "the processor lacks AVX2 or F16C";
}

constexpr Backend kBackend{.kernels = kKernels, .unusable = Unusable};

}  // namespace
}  // namespace native

extern constinit const Plugin kBackendNative{
    "backend_native",
    "x86-64 with AVX2, AVX-VNNI, AVX-512 or AMX, asked at start",
    &native::kBackend};

}  // namespace tenon
