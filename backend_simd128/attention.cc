// Attention, as backend_scalar computes it: Dot() of a query and each key, the
// exponentials summed in sixteen lanes, values added in ascending order.
//
// One item is a token and a key/value head: the query heads that share the
// head's keys and values are computed together, so that each row of the cache
// is decoded once for all of them.
#include <algorithm>
#include <limits>

#include "backend_simd128/float_row.h"
#include "backend_simd128/functions.h"
#include "backend_simd128/kernels.h"
#include "backend_simd128/lanes.h"
#include "backend_simd128/rows.h"

namespace tenon::simd128 {
namespace {

constexpr size_t kTile = 16;  // positions decoded at a time
constexpr float kInfinity = std::numeric_limits<float>::infinity();

size_t RoundUp(size_t n, size_t multiple) noexcept {
  return (n + multiple - 1) / multiple * multiple;
}

// One key/value head of a cache.
class HeadRows {
 public:
  HeadRows(const StateRef& state, const StepContext& ctx, size_t head,
           size_t head_dim) noexcept
      : base_(ctx.states[state.index] + RowBytes(state.dtype, head * head_dim)),
        row_bytes_(state.row_bytes),
        dtype_(state.dtype),
        head_dim_(head_dim) {}

  // Positions [begin, begin + n), in place or in `buffer`.
  Rows Read(size_t begin, size_t n, float* buffer) const noexcept {
    const std::byte* row = base_ + begin * row_bytes_;
    if (dtype_ == DType::kF32)
      return {reinterpret_cast<const float*>(row), row_bytes_ / sizeof(float)};
    for (size_t i = 0; i < n; ++i)
      DecodeHalves(row + i * row_bytes_, head_dim_, buffer + i * head_dim_);
    return {buffer, head_dim_};
  }

 private:
  const std::byte* base_;
  size_t row_bytes_;
  DType dtype_;
  size_t head_dim_;
};

float Max(const float* scores, size_t n) noexcept {
  v128_t max = Splat(-kInfinity);
  for (size_t i = 0; i < n; i += kLanes)
    max = wasm_f32x4_pmax(max, Load(scores + i));
  float lane[kLanes];
  Store(lane, max);
  return std::max({lane[0], lane[1], lane[2], lane[3]});
}

// Replaces scores by e^(score - max) and returns their sum.  n: a multiple of
// 16, filled up with -infinity, which adds 0.
float Exponentials(float* scores, size_t n) noexcept {
  const v128_t max = Splat(Max(scores, n));
  Lanes16 sum;
  for (size_t i = 0; i < n; i += kSumLanes)
    for (size_t j = 0; j < 4; ++j) {
      float* at = scores + i + kLanes * j;
      const v128_t e = Exp(wasm_f32x4_sub(Load(at), max));
      Store(at, e);
      sum.v[j] = wasm_f32x4_add(sum.v[j], e);
    }
  return Fold(sum);
}

// The heads of one token that share a key/value head.
class Heads {
 public:
  // `scratch`: Floats() of them.
  Heads(const KernelArgs& args, const StepContext& ctx, size_t token,
        size_t kv_head, float* scratch) noexcept
      : attrs_(args.As<AttentionAttrs>()),
        count_(attrs_.heads / attrs_.kv_heads),
        end_(ctx.position + token + 1),
        begin_(attrs_.window != 0 && end_ > attrs_.window ? end_ - attrs_.window
                                                          : 0),
        keys_(args.state[0], ctx, kv_head, attrs_.head_dim),
        values_(args.state[1], ctx, kv_head, attrs_.head_dim),
        buffer_(scratch),
        scores_(scratch + kTile * attrs_.head_dim) {
    const size_t column = kv_head * count_ * attrs_.head_dim;
    q_ = RowOf<float>(args.in[0], ctx, token) + column;
    out_ = RowOf<float>(args.out, ctx, token) + column;
  }

  static size_t Floats(const AttentionAttrs& attrs, size_t positions) noexcept {
    return kTile * attrs.head_dim +
           attrs.heads / attrs.kv_heads *
               (RoundUp(positions, kSumLanes) + kSumLanes);
  }

  void Run() noexcept {
    ForEachTile(keys_, [this](const Rows& tile, size_t i, size_t n) {
      for (size_t h = 0; h < count_; ++h)
        DotRows(tile, n, q_ + h * attrs_.head_dim, attrs_.head_dim,
                Scores(h) + i);
    });
    std::fill_n(out_, count_ * attrs_.head_dim, 0.0f);
    for (size_t h = 0; h < count_; ++h) Normalise(h);
    ForEachTile(values_, [this](const Rows& tile, size_t i, size_t n) {
      for (size_t h = 0; h < count_; ++h)
        AddRows(tile, n, Scores(h) + i, attrs_.head_dim, Out(h));
    });
    for (size_t h = 0; h < count_; ++h)
      ScaleRow(Out(h), Out(h), 1.0f / Scores(h)[Sum()], attrs_.head_dim);
  }

 private:
  float* Out(size_t h) const noexcept { return out_ + h * attrs_.head_dim; }
  size_t Positions() const noexcept { return end_ - begin_; }
  // Behind the scores of a head: their sum.
  size_t Sum() const noexcept { return RoundUp(Positions(), kSumLanes); }
  float* Scores(size_t h) const noexcept {
    return scores_ + h * (Sum() + kSumLanes);
  }

  // The scores of a head become weights.
  void Normalise(size_t h) const noexcept {
    float* scores = Scores(h);
    ScaleRow(scores, scores, attrs_.scale, Positions());
    std::fill(scores + Positions(), scores + Sum(), -kInfinity);
    scores[Sum()] = Exponentials(scores, Sum());
  }

  template <typename F>
  void ForEachTile(const HeadRows& rows, F f) const noexcept {
    for (size_t i = 0; i < Positions(); i += kTile) {
      const size_t n = std::min(kTile, Positions() - i);
      f(rows.Read(begin_ + i, n, buffer_), i, n);
    }
  }

  const AttentionAttrs& attrs_;
  size_t count_, end_, begin_;
  HeadRows keys_, values_;
  float* buffer_;
  float* scores_;
  const float* q_;
  float* out_;
};

}  // namespace

uint32_t AttentionItems(const KernelArgs& args,
                        const StepContext& ctx) noexcept {
  return RowCount(args.out, ctx) * args.As<AttentionAttrs>().kv_heads;
}

size_t AttentionScratch(const KernelArgs& args,
                        const ScratchQuery& query) noexcept {
  return Heads::Floats(args.As<AttentionAttrs>(), query.max_positions) *
         sizeof(float);
}

const char* AttentionRefuses(const KernelArgs& args) noexcept {
  for (const StateRef& state : args.state)
    if (state.dtype != DType::kF32 && state.dtype != DType::kF16)
      return "the cache is neither F32 nor F16";
  return nullptr;
}

void Attention(const KernelArgs& args, const StepContext& ctx, Range range,
               std::byte* scratch) noexcept {
  const size_t kv_heads = args.As<AttentionAttrs>().kv_heads;
  for (size_t item = range.begin; item < range.end; ++item)
    Heads(args, ctx, item / kv_heads, item % kv_heads,
          reinterpret_cast<float*>(scratch))
        .Run();
}

}  // namespace tenon::simd128
