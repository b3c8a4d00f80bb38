// What Linear, LinearAdd and Head do with the sums of some rows of the weight:
// they add the bias and, for LinearAdd, the residual, and store them.
#ifndef BACKEND_SIMD128_LINEAR_H_
#define BACKEND_SIMD128_LINEAR_H_

#include <algorithm>

#include "backend_simd128/simd.h"
#include "tenon/kernel.h"

namespace tenon::simd128 {

// The columns [first, first + count) of the output; count <= kMost.
template <size_t kMost>
class OutputColumns {
 public:
  OutputColumns(const KernelArgs& args, const StepContext& ctx,
                size_t first) noexcept
      : args_(args),
        ctx_(ctx),
        first_(first),
        count_(std::min<size_t>(kMost, args.weight[0].rows - first)) {
    const WeightRef& bias = args.weight[1];
    if (bias.data != nullptr)
      DecodeRow(bias.dtype, bias.data + RowBytes(bias.dtype, first), count_,
                bias_);
  }

  size_t count() const noexcept { return count_; }

  // `sums`: kMost of them, of token t.
  TENON_INLINE void Store(size_t t, const float* sums) const noexcept {
    if (count_ == kMost)
      StoreFirst(kMost, t, sums);
    else
      StoreFirst(count_, t, sums);
  }

 private:
  // Of a constant count compilers make vectors.
  TENON_INLINE void StoreFirst(size_t count, size_t t,
                               const float* sums) const noexcept {
    float values[kMost];
    std::copy_n(sums, kMost, values);
    if (args_.weight[1].data != nullptr)
      for (size_t i = 0; i < kMost; ++i) values[i] += bias_[i];
    if (args_.in[1].cols != 0) {
      const float* residual = RowOf<float>(args_.in[1], ctx_, t) + first_;
      for (size_t i = 0; i < count; ++i) values[i] = residual[i] + values[i];
    }
    std::copy_n(values, count, RowOf<float>(args_.out, ctx_, t) + first_);
  }

  const KernelArgs& args_;
  const StepContext& ctx_;
  size_t first_, count_;
  float bias_[kMost] = {};
};

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_LINEAR_H_
