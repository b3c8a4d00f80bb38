// What Linear, LinearAdd and Head share for f32 and int8 activations.
#ifndef BACKEND_SCALAR_LINEAR_H_
#define BACKEND_SCALAR_LINEAR_H_

#include "tenon/kernel.h"

namespace tenon::scalar {

// Column n of the output, which row n of the weight makes: adds the bias, and
// for LinearAdd the residual, to each token's sum.
class OutputColumn {
 public:
  OutputColumn(const KernelArgs& args, const StepContext& ctx,
               size_t n) noexcept
      : args_(args), ctx_(ctx), n_(n) {
    const WeightRef& bias = args.weight[1];
    if (bias.data != nullptr)
      DecodeRow(bias.dtype, bias.data + RowBytes(bias.dtype, n), 1, &bias_);
  }

  void Store(size_t t, float sum) const noexcept {
    float y = sum;
    if (args_.weight[1].data != nullptr) y += bias_;
    if (args_.in[1].cols != 0) y = RowOf<float>(args_.in[1], ctx_, t)[n_] + y;
    RowOf<float>(args_.out, ctx_, t)[n_] = y;
  }

 private:
  const KernelArgs& args_;
  const StepContext& ctx_;
  size_t n_;
  float bias_ = 0;
};

// Dot(row `n` of the weight, decoded, x).
float DecodedDot(const WeightRef& weight, size_t n, const float* x) noexcept;

}  // namespace tenon::scalar

#endif  // BACKEND_SCALAR_LINEAR_H_
