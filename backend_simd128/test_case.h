// Tests only: one node with random operands, run by this backend's kernel and
// by backend_scalar's.
#ifndef BACKEND_SIMD128_TEST_CASE_H_
#define BACKEND_SIMD128_TEST_CASE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "support/random.h"
#include "tenon/arena.h"
#include "tenon/backend.h"
#include "tenon/plugin.h"

namespace tenon {

extern const Plugin kBackendScalar, kBackendSimd128;

namespace simd128 {

using testing_support::Rng;

inline constexpr DType kBlockTypes[] = {
    DType::kQ4_0, DType::kQ4_1, DType::kQ5_0,   DType::kQ5_1,
    DType::kQ8_0, DType::kQ2_K, DType::kQ3_K,   DType::kQ4_K,
    DType::kQ5_K, DType::kQ6_K, DType::kIQ4_NL, DType::kIQ4_XS};

inline std::span<const KernelEntry> KernelsOf(const Plugin& plugin) {
  return static_cast<const Backend*>(plugin.interface)->kernels;
}

inline const KernelEntry* FindKernel(const Plugin& plugin, OpKind op,
                                     DType weight, DType activation,
                                     bool packed) {
  for (const KernelEntry& entry : KernelsOf(plugin))
    if (entry.op == op && entry.weight == weight &&
        entry.activation == activation && (entry.layout != nullptr) == packed)
      return &entry;
  return nullptr;
}

// Bytes as sessions have them: aligned.
class AlignedBytes {
 public:
  explicit AlignedBytes(size_t size) : lines_(AlignUp(size) / kAlignment) {}

  std::byte* data() { return reinterpret_cast<std::byte*>(lines_.data()); }

 private:
  struct alignas(kAlignment) Line {
    std::byte bytes[kAlignment];
  };
  std::vector<Line> lines_;
};

// A weight as the file has it, and packed in two steps.
class PackedWeight {
 public:
  PackedWeight(const PackedLayout& layout, DType dtype, size_t rows,
               size_t cols, std::span<const std::byte> source)
      : packed_(layout.bytes(dtype, rows, cols)) {
    std::memset(packed_.data(), 0xff, layout.bytes(dtype, rows, cols));
    const size_t first = std::min<size_t>(rows, layout.row_group);
    layout.pack(dtype, rows, cols, 0, first, source.data(), packed_.data());
    if (first < rows)
      layout.pack(dtype, rows, cols, first, rows - first,
                  source.data() + first * RowBytes(dtype, cols),
                  packed_.data());
  }

  const std::byte* data() { return packed_.data(); }

 private:
  AlignedBytes packed_;
};

}  // namespace simd128
}  // namespace tenon

#endif  // BACKEND_SIMD128_TEST_CASE_H_
