// One item is up to kChannels channels, side by side in every row: some lines
// of the cache, because rows lie so far apart that each is fetched anew.
#include <algorithm>

#include "backend_simd128/functions.h"
#include "backend_simd128/kernels.h"
#include "backend_simd128/lanes.h"

namespace tenon::simd128 {
namespace {

constexpr size_t kChannels = 64;
constexpr size_t kTogether = 16;  // in registers

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

// Four rows of four f32 as four columns.
void Transpose4(const float* rows, float* columns, size_t stride) noexcept {
  const v128_t a = Load(rows), b = Load(rows + 4), c = Load(rows + 8),
               d = Load(rows + 12);
  const v128_t ab = wasm_i32x4_shuffle(a, b, 0, 4, 1, 5),
               ab_rest = wasm_i32x4_shuffle(a, b, 2, 6, 3, 7),
               cd = wasm_i32x4_shuffle(c, d, 0, 4, 1, 5),
               cd_rest = wasm_i32x4_shuffle(c, d, 2, 6, 3, 7);
  Store(columns, wasm_i64x2_shuffle(ab, cd, 0, 2));
  Store(columns + stride, wasm_i64x2_shuffle(ab, cd, 1, 3));
  Store(columns + 2 * stride, wasm_i64x2_shuffle(ab_rest, cd_rest, 0, 2));
  Store(columns + 3 * stride, wasm_i64x2_shuffle(ab_rest, cd_rest, 1, 3));
}

// taps[c * kChannels + i] = W[first + i][c].  `row`: room for a row of W.
void TransposeTaps(const WeightRef& weight, size_t first, size_t count,
                   float* row, float* taps) noexcept {
  const std::byte* rows = weight.data + first * weight.row_bytes;
  size_t i = 0;
  if (weight.dtype == DType::kF32 && weight.cols == 4)
    for (; i + 4 <= count; i += 4)
      Transpose4(reinterpret_cast<const float*>(rows + i * weight.row_bytes),
                 taps + i, kChannels);
  for (; i < count; ++i) {
    DecodeRow(weight.dtype, rows + i * weight.row_bytes, weight.cols, row);
    for (size_t c = 0; c < weight.cols; ++c) taps[c * kChannels + i] = row[c];
  }
}

// The sums of the taps at a token, the oldest first, for kTogether channels
// from `first` on.
void ConvolveTogether(const Channels& channels, ptrdiff_t t, const float* w,
                      ptrdiff_t taps, size_t first, float* out) noexcept {
  constexpr size_t kVectors = kTogether / kLanes;
  v128_t sum[kVectors] = {Zero(), Zero(), Zero(), Zero()};
  for (ptrdiff_t c = 0; c < taps; ++c, w += kChannels) {
    const float* x = channels.Row(t - (taps - 1) + c) + first;
    for (size_t i = 0; i < kVectors; ++i)
      sum[i] =
          MulAdd(Load(w + first + i * kLanes), Load(x + i * kLanes), sum[i]);
  }
  for (size_t i = 0; i < kVectors; ++i) Store(out + first + i * kLanes, sum[i]);
}

// The same for `count` channels.
void Convolve(const Channels& channels, ptrdiff_t t, const float* w,
              ptrdiff_t taps, size_t count, float* out) noexcept {
  size_t i = 0;
  for (; i + kTogether <= count; i += kTogether)
    ConvolveTogether(channels, t, w, taps, i, out);
  for (; i < count; ++i) {
    out[i] = 0;
    for (ptrdiff_t c = 0; c < taps; ++c)
      out[i] += w[static_cast<size_t>(c) * kChannels + i] *
                channels.Row(t - (taps - 1) + c)[i];
  }
}

}  // namespace

uint32_t ConvChannels(const KernelArgs& args, const StepContext& ctx) noexcept {
  if (ctx.tokens == 0) return 0;
  return static_cast<uint32_t>((args.out.cols + kChannels - 1) / kChannels);
}

uint64_t ConvScratch(const KernelArgs& args, const ScratchQuery&) noexcept {
  return uint64_t{args.weight[0].cols} * (kChannels + 1) * sizeof(float);
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
    for (ptrdiff_t t = 0; t < static_cast<ptrdiff_t>(ctx.tokens); ++t)
      Convolve(channels, t, w, taps, count,
               RowOf<float>(args.out, ctx, static_cast<size_t>(t)) + first);
    channels.Remember(count);
  }
}

}  // namespace tenon::simd128
