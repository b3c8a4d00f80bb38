// Attention, as backend_scalar computes it: Dot() of a query and each key, the
// exponentials summed in sixteen lanes, values added in ascending order.
//
// One item is a key/value head for up to kBlock tokens: all query heads that
// read it are computed together, so that each row of the cache is decoded once
// for all of them.
#ifndef BACKEND_SIMD128_ATTENTION_BLOCK_H_
#define BACKEND_SIMD128_ATTENTION_BLOCK_H_

#include <algorithm>
#include <limits>

#include "backend_simd128/float_row.h"
#include "backend_simd128/functions.h"
#include "backend_simd128/rows.h"

namespace tenon::simd128 {

inline constexpr size_t kBlock = 4;  // tokens of an item
inline constexpr size_t kTile = 16;  // positions decoded at a time
inline constexpr float kInfinity = std::numeric_limits<float>::infinity();

// One key/value head of a cache.
template <typename RowMath>
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
      Touch(row + i * row_bytes_, RowBytes(dtype_, head_dim_));
    for (size_t i = 0; i < n; ++i)
      RowMath::DecodeHalves(row + i * row_bytes_, head_dim_,
                            buffer + i * head_dim_);
    return {buffer, head_dim_};
  }

 private:
  const std::byte* base_;
  size_t row_bytes_;
  DType dtype_;
  size_t head_dim_;
};

inline float Max(const float* scores, size_t n) noexcept {
  v128_t max = Splat(-kInfinity);
  for (size_t i = 0; i < n; i += kLanes)
    max = wasm_f32x4_pmax(max, Load(scores + i));
  float lane[kLanes];
  Store(lane, max);
  return std::max({lane[0], lane[1], lane[2], lane[3]});
}

// Replaces scores by e^(score - max) and returns their sum.  n: a multiple of
// 16, filled up with -infinity, which adds 0.
inline float Exponentials(float* scores, size_t n) noexcept {
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

// Positions [begin, end).
struct Span {
  size_t begin, end;

  size_t size() const noexcept { return end - begin; }
  bool operator==(const Span&) const noexcept = default;
};

// The heads of some tokens that share a key/value head.
//
// RowMath: DecodeHalves() of float_row.h, and what row_math.h takes of rows.h.
template <typename RowMath>
class AttentionBlock {
 public:
  // Tokens [first, first + kBlock), as far as there are.  `scratch`: Floats()
  // of them.
  AttentionBlock(const KernelArgs& args, const StepContext& ctx, size_t first,
                 size_t kv_head, float* scratch) noexcept
      : args_(args),
        ctx_(ctx),
        attrs_(args.As<AttentionAttrs>()),
        heads_(attrs_.heads / attrs_.kv_heads),
        first_(first),
        queries_(heads_ *
                 std::min<size_t>(kBlock, RowCount(args.out, ctx) - first)),
        column_(kv_head * heads_ * attrs_.head_dim),
        keys_(args.state[0], ctx, kv_head, attrs_.head_dim),
        values_(args.state[1], ctx, kv_head, attrs_.head_dim),
        buffer_(scratch),
        scores_(scratch + kTile * attrs_.head_dim) {}

  static uint64_t Floats(const AttentionAttrs& attrs,
                         uint32_t positions) noexcept {
    return uint64_t{kTile} * attrs.head_dim +
           uint64_t{kBlock} * (attrs.heads / attrs.kv_heads) *
               ScoresOf(positions);
  }

  void Run() noexcept {
    ForEachTile(keys_, [this](const Rows& rows, Span tile) {
      for (size_t i = 0; i < queries_;) i += Score(rows, tile, i);
    });
    for (size_t i = 0; i < queries_; ++i) {
      Normalise(i);
      std::fill_n(Out(i), attrs_.head_dim, 0.0f);
    }
    ForEachTile(values_, [this](const Rows& rows, Span tile) {
      for (size_t i = 0; i < queries_; ++i) AddValues(rows, tile, i);
    });
    for (size_t i = 0; i < queries_; ++i)
      ScaleRow(Out(i), Out(i), 1.0f / *Sum(i), attrs_.head_dim);
  }

 private:
  // Room for the scores of a query: in sixteens, then their sum.
  static uint64_t ScoresOf(uint64_t positions) noexcept {
    return RoundUp(positions, kSumLanes) + kSumLanes;
  }

  // Query i is head i % heads_ of token first_ + i / heads_.
  size_t TokenOf(size_t i) const noexcept { return first_ + i / heads_; }
  size_t ColumnOf(size_t i) const noexcept {
    return column_ + i % heads_ * attrs_.head_dim;
  }
  const float* Q(size_t i) const noexcept {
    return RowOf<float>(args_.in[0], ctx_, TokenOf(i)) + ColumnOf(i);
  }
  float* Out(size_t i) const noexcept {
    return RowOf<float>(args_.out, ctx_, TokenOf(i)) + ColumnOf(i);
  }

  // The positions that query i sees.
  Span SeenBy(size_t i) const noexcept {
    const size_t end = PositionOf(args_.out, ctx_, TokenOf(i)) + 1;
    const bool clipped = attrs_.window != 0 && end > attrs_.window;
    return {clipped ? end - attrs_.window : 0, end};
  }

  float* Scores(size_t i) const noexcept {
    return scores_ + i * ScoresOf(SeenBy(queries_ - 1).end);
  }
  float* Scores(size_t i, Span seen) const noexcept {
    return Scores(i) + (seen.begin - SeenBy(i).begin);
  }
  float* Sum(size_t i) const noexcept {
    return Scores(i) + RoundUp(SeenBy(i).size(), kSumLanes);
  }

  // The scores of a query become weights.
  void Normalise(size_t i) const noexcept {
    float* scores = Scores(i);
    ScaleRow(scores, scores, attrs_.scale, SeenBy(i).size());
    std::fill(scores + SeenBy(i).size(), Sum(i), -kInfinity);
    *Sum(i) = Exponentials(scores, static_cast<size_t>(Sum(i) - scores));
  }

  // Calls f(rows, positions) for each tile, positions ascending.
  template <typename F>
  void ForEachTile(const HeadRows<RowMath>& rows, F f) const noexcept {
    const size_t end = SeenBy(queries_ - 1).end;
    for (size_t at = SeenBy(0).begin; at < end; at += kTile) {
      const size_t n = std::min(kTile, end - at);
      f(rows.Read(at, n, buffer_), Span{at, at + n});
    }
  }

  // The positions of a tile that query i sees; the last tile may have none.
  Span SeenIn(Span tile, size_t i) const noexcept {
    const Span all = SeenBy(i);
    const size_t begin = std::clamp(all.begin, tile.begin, tile.end);
    return {begin, std::clamp(all.end, begin, tile.end)};
  }

  // What query i scores in a tile, or i and i + 1 if they see the same of it.
  // Returns how many queries that were.
  size_t Score(const Rows& tile_rows, Span tile, size_t i) const noexcept {
    const Span seen = SeenIn(tile, i);
    const Rows rows = tile_rows.From(seen.begin - tile.begin);
    if (i + 1 < queries_ && SeenIn(tile, i + 1) == seen) {
      RowMath::DotRowsOfTwo(rows, seen.size(), Q(i), Q(i + 1), attrs_.head_dim,
                            Scores(i, seen), Scores(i + 1, seen));
      return 2;
    }
    RowMath::DotRows(rows, seen.size(), Q(i), attrs_.head_dim, Scores(i, seen));
    return 1;
  }

  void AddValues(const Rows& tile_rows, Span tile, size_t i) const noexcept {
    const Span seen = SeenIn(tile, i);
    RowMath::AddRows(tile_rows.From(seen.begin - tile.begin), seen.size(),
                     Scores(i, seen), attrs_.head_dim, Out(i));
  }

  const KernelArgs& args_;
  const StepContext& ctx_;
  const AttentionAttrs& attrs_;
  size_t heads_, first_, queries_, column_;
  HeadRows<RowMath> keys_, values_;
  float* buffer_;
  float* scores_;
};

// The kernel.
template <typename RowMath>
void RunAttention(const KernelArgs& args, const StepContext& ctx, Range range,
                  std::byte* scratch) noexcept {
  const size_t kv_heads = args.As<AttentionAttrs>().kv_heads;
  for (size_t item = range.begin; item < range.end; ++item)
    AttentionBlock<RowMath>(args, ctx, item / kv_heads * kBlock,
                            item % kv_heads, reinterpret_cast<float*>(scratch))
        .Run();
}

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_ATTENTION_BLOCK_H_
