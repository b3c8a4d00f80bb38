// One item is up to sixteen channels, side by side in every row.
#include <algorithm>

#include "backend_simd128/kernels.h"
#include "backend_simd128/lanes.h"

namespace tenon::simd128 {
namespace {

constexpr size_t kChannels = 16;

// The inputs of the channels from `first` on: `past` rows from the ring, then
// this step's.
class Channels {
 public:
  Channels(const KernelArgs& args, const StepContext& ctx,
           size_t first) noexcept
      : args_(args),
        ctx_(ctx),
        first_(first),
        past_(args.weight[0].cols - 1),
        ring_(reinterpret_cast<float*>(ctx.states[args.state[0].index]) +
              first) {}

  // The inputs at position `ctx.position + t`; t counts from -past.
  const float* Row(ptrdiff_t t) const noexcept {
    return t < 0 ? Slot(t)
                 : RowOf<float>(args_.in[0], ctx_, static_cast<size_t>(t)) +
                       first_;
  }

  // Keeps the newest inputs for the next step.
  void Remember(size_t count) const noexcept {
    const auto tokens = static_cast<ptrdiff_t>(ctx_.tokens);
    const auto past = static_cast<ptrdiff_t>(past_);
    for (ptrdiff_t t = std::max<ptrdiff_t>(0, tokens - past); t < tokens; ++t)
      std::copy_n(Row(t), count, Slot(t));
  }

 private:
  float* Slot(ptrdiff_t t) const noexcept {
    // Position + past is the same slot as position: no negative remainders.
    const size_t position =
        static_cast<size_t>(static_cast<ptrdiff_t>(ctx_.position + past_) + t);
    return ring_ + position % past_ * args_.state[0].cols;
  }

  const KernelArgs& args_;
  const StepContext& ctx_;
  size_t first_, past_;
  float* ring_;
};

// taps[c * kChannels + i] = W[first + i][c].  `row`: room for a row of W.
void TransposeTaps(const WeightRef& weight, size_t first, size_t count,
                   float* row, float* taps) noexcept {
  for (size_t i = 0; i < count; ++i) {
    DecodeRow(weight.dtype, weight.data + (first + i) * weight.row_bytes,
              weight.cols, row);
    for (size_t c = 0; c < weight.cols; ++c) taps[c * kChannels + i] = row[c];
  }
}

// y += w * x
void AddTap(const float* w, const float* x, size_t count, float* y) noexcept {
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes)
    Store(y + i, wasm_f32x4_add(Load(y + i),
                                wasm_f32x4_mul(Load(w + i), Load(x + i))));
  for (; i < count; ++i) y[i] += w[i] * x[i];
}

}  // namespace

uint32_t ConvChannels(const KernelArgs& args, const StepContext& ctx) noexcept {
  if (ctx.tokens == 0) return 0;
  return static_cast<uint32_t>((args.out.cols + kChannels - 1) / kChannels);
}

size_t ConvScratch(const KernelArgs& args, const ScratchQuery&) noexcept {
  return args.weight[0].cols * (kChannels + 1) * sizeof(float);
}

void CausalConv(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept {
  const WeightRef& weight = args.weight[0];
  const auto taps = static_cast<ptrdiff_t>(weight.cols);
  float* w = reinterpret_cast<float*>(scratch);
  for (size_t item = range.begin; item < range.end; ++item) {
    const size_t first = item * kChannels;
    const size_t count = std::min(kChannels, args.out.cols - first);
    TransposeTaps(weight, first, count, w + weight.cols * kChannels, w);
    const Channels channels(args, ctx, first);
    for (ptrdiff_t t = 0; t < static_cast<ptrdiff_t>(ctx.tokens); ++t) {
      float sum[kChannels] = {};
      for (ptrdiff_t c = 0; c < taps; ++c)
        AddTap(w + static_cast<size_t>(c) * kChannels,
               channels.Row(t - (taps - 1) + c), count, sum);
      std::copy_n(sum, count,
                  RowOf<float>(args.out, ctx, static_cast<size_t>(t)) + first);
    }
    channels.Remember(count);
  }
}

}  // namespace tenon::simd128
