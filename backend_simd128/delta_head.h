// One value head of the gated delta rule in one step: op.h has the recurrence.
#ifndef BACKEND_SIMD128_DELTA_HEAD_H_
#define BACKEND_SIMD128_DELTA_HEAD_H_

#include <cmath>

#include "backend_simd128/rows.h"
#include "tenon/kernel.h"

namespace tenon::simd128 {

class DeltaHead {
 public:
  DeltaHead(const KernelArgs& args, const StepContext& ctx,
            size_t head) noexcept
      : args_(args), ctx_(ctx), head_(head) {
    const auto& attrs = args.As<DeltaAttrs>();
    s_ = attrs.head_dim;
    scale_ = 1.0f / std::sqrt(static_cast<float>(s_));
    key_head_ = attrs.order == HeadOrder::kModulo
                    ? head % attrs.key_heads
                    : head / (attrs.value_heads / attrs.key_heads);
    state_ = reinterpret_cast<float*>(ctx.states[args.state[0].index]) +
             head * s_ * s_;
  }

  size_t S() const noexcept { return s_; }
  float scale() const noexcept { return scale_; }  // of the output
  const float* q(size_t t) const noexcept { return In(0, t, key_head_ * s_); }
  const float* k(size_t t) const noexcept { return In(1, t, key_head_ * s_); }
  const float* v(size_t t) const noexcept { return In(2, t, head_ * s_); }
  float decay(size_t t) const noexcept { return *In(3, t, head_); }
  float beta(size_t t) const noexcept { return *In(4, t, head_); }
  float* out(size_t t) const noexcept {
    return RowOf<float>(args_.out, ctx_, t) + head_ * s_;
  }
  // Row j of M: what value element j remembers of each key element.
  float* M(size_t j) const noexcept { return state_ + j * s_; }

 private:
  const float* In(size_t input, size_t t, size_t column) const noexcept {
    return RowOf<float>(args_.in[input], ctx_, t) + column;
  }

  const KernelArgs& args_;
  const StepContext& ctx_;
  size_t head_, key_head_, s_;
  float scale_;
  float* state_;
};

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_DELTA_HEAD_H_
