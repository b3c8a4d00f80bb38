// The product with A8 activations, defined so that a vector unit can reproduce
// it bit for bit.  Per weight row and token, one f32 sum from 0; for each group
// of 32 elements in ascending order, with the integers of quant.h,
//   isum = scale[0] * sum_{i<16} code[i] q[i] + scale[1] * sum_{i>=16} ...
//   sum += float(isum) * (d * a.scale)
// and, where the format has minimums,
//   msum = min[0] * a.sum[0] + min[1] * a.sum[1]
//   sum -= float(msum) * (dmin * a.scale)
// Integers stay below 2^24, where f32 is exact; nothing is fused.
#ifndef BACKEND_SCALAR_LINEAR_INT8_H_
#define BACKEND_SCALAR_LINEAR_INT8_H_

#include <cstddef>
#include <cstdint>

#include "tenon/dtype.h"
#include "tenon/quant.h"

namespace tenon::scalar {

// A group with the scales of its block: one row of them is the whole weight
// row.
struct ScaledGroup {
  quant::Group group;
  quant::Scales scales;
};

template <typename Format>
void UnpackRow(const std::byte* block, size_t groups,
               ScaledGroup* out) noexcept {
  for (size_t g = 0; g < groups;
       g += Format::kGroups, block += Format::kBytes) {
    const quant::Scales scales = Format::ReadScales(block);
    for (size_t i = 0; i < Format::kGroups; ++i, ++out) {
      *out = {.group = {}, .scales = scales};
      Format::Unpack(block, i, out->group);
    }
  }
}

inline int32_t DotHalf(const int8_t* code, const int8_t* q) noexcept {
  int32_t sum = 0;
  for (size_t i = 0; i < quant::kHalf; ++i) sum += code[i] * q[i];
  return sum;
}

template <bool kHasMin>
float DotRow(const ScaledGroup* row, const A8Block* x, size_t groups) noexcept {
  float sum = 0;
  for (size_t g = 0; g < groups; ++g) {
    const auto& [w, scales] = row[g];
    const A8Block& a = x[g];
    const int32_t isum =
        w.scale[0] * DotHalf(w.code, a.q) +
        w.scale[1] * DotHalf(w.code + quant::kHalf, a.q + quant::kHalf);
    sum += static_cast<float>(isum) * (scales.d * a.scale);
    if constexpr (kHasMin) {
      const int32_t msum = w.min[0] * a.sum[0] + w.min[1] * a.sum[1];
      sum -= static_cast<float>(msum) * (scales.dmin * a.scale);
    }
  }
  return sum;
}

}  // namespace tenon::scalar

#endif  // BACKEND_SCALAR_LINEAR_INT8_H_
