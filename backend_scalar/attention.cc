#include <algorithm>
#include <limits>

#include "backend_scalar/kernels.h"
#include "tenon/math.h"

namespace tenon::scalar {
namespace {

// One key/value head of a cache: row p is the head at position p.
class HeadRows {
 public:
  // `decoded` has room for a row.
  HeadRows(const StateRef& state, const StepContext& ctx, size_t head,
           size_t head_dim, float* decoded)
      : base_(ctx.states[state.index] + RowBytes(state.dtype, head * head_dim)),
        row_bytes_(state.row_bytes),
        dtype_(state.dtype),
        head_dim_(head_dim),
        decoded_(decoded) {}

  // Valid until the next call.
  const float* Row(size_t position) const noexcept {
    const std::byte* row = base_ + position * row_bytes_;
    if (dtype_ == DType::kF32) return reinterpret_cast<const float*>(row);
    DecodeRow(dtype_, row, head_dim_, decoded_);
    return decoded_;
  }

 private:
  const std::byte* base_;
  size_t row_bytes_;
  DType dtype_;
  size_t head_dim_;
  float* decoded_;
};

// Replaces scores by e^(score - max) and returns their sum.
float Exponentials(float* scores, size_t n) noexcept {
  float max = -std::numeric_limits<float>::infinity();
  for (size_t i = 0; i < n; ++i) max = scores[i] > max ? scores[i] : max;
  LaneSum sum;
  for (size_t i = 0; i < n; ++i) {
    scores[i] = Exp(scores[i] - max);
    sum.lane[i % kSumLanes] += scores[i];
  }
  return sum.Fold();
}

// out [D] = softmax(q K^T * scale) V over the rows [begin, end).
void Attend(const AttentionAttrs& attrs, const float* q, const HeadRows& keys,
            const HeadRows& values, size_t begin, size_t end, float* scores,
            float* out) noexcept {
  const size_t n = end - begin, head_dim = attrs.head_dim;
  for (size_t i = 0; i < n; ++i)
    scores[i] = Dot(q, keys.Row(begin + i), head_dim) * attrs.scale;
  const float sum = Exponentials(scores, n);

  std::fill_n(out, head_dim, 0.0f);
  for (size_t i = 0; i < n; ++i) {
    const float* v = values.Row(begin + i);
    for (size_t d = 0; d < head_dim; ++d) out[d] += scores[i] * v[d];
  }
  const float inverse = 1.0f / sum;
  for (size_t d = 0; d < head_dim; ++d) out[d] *= inverse;
}

}  // namespace

uint32_t AttentionHeads(const KernelArgs& args,
                        const StepContext& ctx) noexcept {
  return RowCount(args.out, ctx) * args.As<AttentionAttrs>().heads;
}

uint64_t AttentionScratch(const KernelArgs& args,
                          const ScratchQuery& query) noexcept {
  const uint64_t row = args.As<AttentionAttrs>().head_dim;
  return (row + query.max_positions) * sizeof(float);
}

const char* AttentionRefuses(const KernelArgs& args) noexcept {
  for (const StateRef& state : args.state)
    if (state.dtype != DType::kF32 && state.dtype != DType::kF16)
      return "the cache is neither F32 nor F16";
  return nullptr;
}

void Attention(const KernelArgs& args, const StepContext& ctx, Range range,
               std::byte* scratch) noexcept {
  const auto& attrs = args.As<AttentionAttrs>();
  const size_t group = attrs.heads / attrs.kv_heads;
  float* decoded = reinterpret_cast<float*>(scratch);
  float* scores = decoded + attrs.head_dim;
  for (size_t item = range.begin; item < range.end; ++item) {
    const size_t t = item / attrs.heads, head = item % attrs.heads;
    const size_t end = PositionOf(args.out, ctx, t) + 1;
    const bool clipped = attrs.window != 0 && end > attrs.window;
    const HeadRows keys(args.state[0], ctx, head / group, attrs.head_dim,
                        decoded);
    const HeadRows values(args.state[1], ctx, head / group, attrs.head_dim,
                          decoded);
    const size_t column = head * attrs.head_dim;
    Attend(attrs, RowOf<float>(args.in[0], ctx, t) + column, keys, values,
           clipped ? end - attrs.window : 0, end, scores,
           RowOf<float>(args.out, ctx, t) + column);
  }
}

}  // namespace tenon::scalar
