// The product with A8 activations, defined so that a vector unit can reproduce
// it bit for bit.  Per weight row and token, one f32 sum from 0; for each block
// of the weight in ascending order, with the integers of quant.h for each half
// h of its groups, whose codes are multiplied with q,
//   isum = sum over h of scale[h] * sum_i code[i] q[i]
//   sum += float(isum) * (d * a.scale)
// and, where the format has minimums,
//   msum = sum over h of min[h] * a.sum[h]
//   sum -= float(msum) * (dmin * a.scale)
// float() rounds to nearest even; nothing is fused.
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

inline int32_t Isum(const quant::Group& w, const A8Block& a) noexcept {
  return w.scale[0] * DotHalf(w.code, a.q) +
         w.scale[1] * DotHalf(w.code + quant::kHalf, a.q + quant::kHalf);
}

inline int32_t Msum(const quant::Group& w, const A8Block& a) noexcept {
  return w.min[0] * a.sum[0] + w.min[1] * a.sum[1];
}

template <typename Format>
float DotRow(const ScaledGroup* row, const A8Block* x, size_t groups) noexcept {
  float sum = 0;
  for (size_t block = 0; block < groups; block += Format::kGroups) {
    int32_t isum = 0, msum = 0;
    for (size_t g = block; g < block + Format::kGroups; ++g) {
      isum += Isum(row[g].group, x[g]);
      msum += Msum(row[g].group, x[g]);
    }
    const auto& [d, dmin] = row[block].scales;
    sum += static_cast<float>(isum) * (d * x[block].scale);
    if constexpr (Format::kHasMin)
      sum -= static_cast<float>(msum) * (dmin * x[block].scale);
  }
  return sum;
}

}  // namespace tenon::scalar

#endif  // BACKEND_SCALAR_LINEAR_INT8_H_
