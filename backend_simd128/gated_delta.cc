// The gated delta rule, token by token and by chunks, in the order of sums of
// backend_scalar.  op.h has the recurrence, docs/deltanet.md the chunked form.
#include <algorithm>
#include <cmath>

#include "backend_simd128/kernels.h"
#include "backend_simd128/rows.h"

namespace tenon::simd128 {
namespace {

constexpr size_t kChunkTokens = 64;  // tokens, the same as backend_scalar's

// One value head in one step.
class Head {
 public:
  Head(const KernelArgs& args, const StepContext& ctx, size_t head) noexcept
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
  Rows MemoryRows() const noexcept { return {state_, s_}; }
  Rows KeyRows(size_t t) const noexcept {
    return {k(t), args_.in[1].row_bytes / sizeof(float)};
  }

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

// m = f(m, k[i]) for a row of M; returns Dot(m, x).  One pass where the row is
// a whole number of sixteen.
template <typename F>
float UpdateAndDot(float* m, const float* k, const float* x, size_t s,
                   F f) noexcept {
  if (s % kSumLanes != 0) {
    Zip(m, k, m, s, f);
    return DotLanes(m, x, s);
  }
  Lanes16 sum;
  for (size_t i = 0; i < s; i += kSumLanes)
    for (size_t j = 0; j < 4; ++j) {
      const size_t at = i + kLanes * j;
      const v128_t updated = f(Load(m + at), Load(k + at));
      Store(m + at, updated);
      sum.v[j] =
          wasm_f32x4_add(sum.v[j], wasm_f32x4_mul(updated, Load(x + at)));
    }
  return Fold(sum);
}

void StepToken(const Head& head, size_t t) noexcept {
  const size_t s = head.S();
  const float* k = head.k(t);
  const float beta = head.beta(t);
  const v128_t decay = Splat(tenon::Exp(head.decay(t)));
  for (size_t j = 0; j < s; ++j) {
    const float known = UpdateAndDot(
        head.M(j), k, k, s,
        [decay](v128_t m, v128_t) { return wasm_f32x4_mul(m, decay); });
    const v128_t error = Splat(beta * (head.v(t)[j] - known));
    const float answer = UpdateAndDot(
        head.M(j), k, head.q(t), s,
        [error](v128_t m, v128_t key) { return MulAdd(error, key, m); });
    head.out(t)[j] = answer * head.scale();
  }
}

// The tokens [begin, begin + n) at once.  With L[i] the sum of the decays up to
// and including token i, and M the state before the chunk,
//   e_i = beta_i (v_i - e^L[i] M k_i - sum_{j<i} e^(L[i]-L[j]) (k_i . k_j) e_j)
//   out_i = (e^L[i] M q_i + sum_{j<=i} e^(L[i]-L[j]) (q_i . k_j) e_j) / sqrt(S)
//   M = e^L[n-1] M + sum_j e^(L[n-1]-L[j]) e_j k_j^T
class Chunk {
 public:
  // `scratch`: Floats(S) floats.
  Chunk(const Head& head, size_t begin, size_t n, float* scratch) noexcept
      : head_(head), begin_(begin), n_(n), e_(scratch) {
    float sum = 0;
    for (size_t i = 0; i < n; ++i) l_[i] = sum += head.decay(begin + i);
  }

  static size_t Floats(size_t s) noexcept { return kChunkTokens * s; }

  void Run() noexcept {
    for (size_t i = 0; i < n_; ++i) {
      SolveError(i);
      WriteOutput(i);
    }
    UpdateState();
  }

 private:
  float* e(size_t i) const noexcept { return e_ + i * head_.S(); }

  // decays[j] = e^(L[i] - L[j]) for j < end
  void Decays(size_t i, size_t end, float* decays) const noexcept {
    const v128_t last = Splat(l_[i]);
    Map(l_, decays, end,
        [last](v128_t l) { return Exp(wasm_f32x4_sub(last, l)); });
  }

  // y = e^L[i] M x + sum_{j<end} e^(L[i]-L[j]) (x . k_j) e_j
  void Recall(size_t i, const float* x, size_t end, float* y) const noexcept {
    const size_t s = head_.S();
    DotRows(head_.MemoryRows(), s, x, s, y);
    ScaleRow(y, y, tenon::Exp(l_[i]), s);
    float decays[kChunkTokens], factors[kChunkTokens];
    Decays(i, end, decays);
    DotRows(head_.KeyRows(begin_), end, x, s, factors);
    Zip(decays, factors, factors, end,
        [](v128_t a, v128_t b) { return wasm_f32x4_mul(a, b); });
    AddRows({e_, s}, end, factors, s, y);
  }

  void SolveError(size_t i) noexcept {
    const size_t t = begin_ + i;
    Recall(i, head_.k(t), i, e(i));
    const v128_t beta = Splat(head_.beta(t));
    Zip(head_.v(t), e(i), e(i), head_.S(), [beta](v128_t v, v128_t known) {
      return wasm_f32x4_mul(beta, wasm_f32x4_sub(v, known));
    });
  }

  void WriteOutput(size_t i) noexcept {
    float* out = head_.out(begin_ + i);
    Recall(i, head_.q(begin_ + i), i + 1, out);
    ScaleRow(out, out, head_.scale(), head_.S());
  }

  void UpdateState() noexcept {
    const size_t s = head_.S();
    float decays[kChunkTokens], factors[kChunkTokens];
    Decays(n_ - 1, n_, decays);
    const float decay = tenon::Exp(l_[n_ - 1]);
    for (size_t row = 0; row < s; ++row) {
      for (size_t j = 0; j < n_; ++j) factors[j] = decays[j] * e(j)[row];
      ScaleRow(head_.M(row), head_.M(row), decay, s);
      AddRows(head_.KeyRows(begin_), n_, factors, s, head_.M(row));
    }
  }

  const Head& head_;
  size_t begin_, n_;
  float* e_;               // [n, S]: the corrections, one row per token
  float l_[kChunkTokens];  // sums of log decays, never positive
};

}  // namespace

uint32_t DeltaHeads(const KernelArgs& args, const StepContext& ctx) noexcept {
  return ctx.tokens == 0 ? 0 : args.As<DeltaAttrs>().value_heads;
}

void GatedDelta(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte*) noexcept {
  for (size_t h = range.begin; h < range.end; ++h) {
    const Head head(args, ctx, h);
    for (size_t t = 0; t < ctx.tokens; ++t) StepToken(head, t);
  }
}

size_t DeltaChunkScratch(const KernelArgs& args, const ScratchQuery&) noexcept {
  return Chunk::Floats(args.As<DeltaAttrs>().head_dim) * sizeof(float);
}

void GatedDeltaChunked(const KernelArgs& args, const StepContext& ctx,
                       Range range, std::byte* scratch) noexcept {
  for (size_t h = range.begin; h < range.end; ++h) {
    const Head head(args, ctx, h);
    for (size_t t = 0; t < ctx.tokens; t += kChunkTokens) {
      const size_t n = std::min<size_t>(kChunkTokens, ctx.tokens - t);
      Chunk(head, t, n, reinterpret_cast<float*>(scratch)).Run();
    }
  }
}

}  // namespace tenon::simd128
