#include <algorithm>

#include "backend_scalar/kernels.h"

namespace tenon::scalar {
namespace {

// The inputs of one channel: `past` of them from the ring, then this step's.
class Channel {
 public:
  Channel(const KernelArgs& args, const StepContext& ctx, size_t n) noexcept
      : args_(args),
        ctx_(ctx),
        n_(n),
        past_(args.weight[0].cols - 1),
        ring_(reinterpret_cast<float*>(ctx.states[args.state[0].index]) + n) {}

  // The input at position `ctx.position + t`; t counts from -past.
  float Input(ptrdiff_t t) const noexcept {
    return t < 0 ? *Slot(t) : RowOf<float>(args_.in[0], ctx_, t)[n_];
  }

  // Keeps the newest inputs for the next step.
  void Remember() const noexcept {
    const auto tokens = static_cast<ptrdiff_t>(ctx_.tokens);
    const auto past = static_cast<ptrdiff_t>(past_);
    for (ptrdiff_t t = std::max<ptrdiff_t>(0, tokens - past); t < tokens; ++t)
      *Slot(t) = Input(t);
  }

 private:
  float* Slot(ptrdiff_t t) const noexcept {
    // Position - past is the same slot as position: no negative remainders.
    const size_t position =
        static_cast<size_t>(static_cast<ptrdiff_t>(ctx_.position + past_) + t);
    return ring_ + position % past_ * args_.state[0].cols;
  }

  const KernelArgs& args_;
  const StepContext& ctx_;
  size_t n_, past_;
  float* ring_;
};

}  // namespace

uint32_t ConvChannels(const KernelArgs& args, const StepContext& ctx) noexcept {
  return ctx.tokens == 0 ? 0 : args.out.cols;
}

uint64_t ConvScratch(const KernelArgs& args, const ScratchQuery&) noexcept {
  return uint64_t{args.weight[0].cols} * sizeof(float);
}

void CausalConv(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept {
  const WeightRef& weight = args.weight[0];
  const auto taps = static_cast<ptrdiff_t>(weight.cols);
  float* w = reinterpret_cast<float*>(scratch);
  for (size_t n = range.begin; n < range.end; ++n) {
    DecodeRow(weight.dtype, weight.data + n * weight.row_bytes, weight.cols, w);
    const Channel channel(args, ctx, n);
    for (ptrdiff_t t = 0; t < static_cast<ptrdiff_t>(ctx.tokens); ++t) {
      float sum = 0;
      for (ptrdiff_t c = 0; c < taps; ++c)
        sum += w[c] * channel.Input(t - (taps - 1) + c);
      RowOf<float>(args.out, ctx, t)[n] = sum;
    }
    channel.Remember();
  }
}

}  // namespace tenon::scalar
