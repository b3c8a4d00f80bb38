// The gated delta rule, twice: token by token, and by chunks of tokens.  op.h
// has the recurrence, docs/deltanet.md derives the chunked form from it.
#include <algorithm>
#include <cmath>

#include "backend_scalar/kernels.h"
#include "tenon/math.h"

namespace tenon::scalar {
namespace {

constexpr size_t kChunkTokens =
    64;  // tokens; the cost of a chunk is quadratic in it

// One value head in one step.
class Head {
 public:
  Head(const KernelArgs& args, const StepContext& ctx, size_t head) noexcept
      : args_(args), ctx_(ctx), head_(head) {
    const auto& attrs = args.As<DeltaAttrs>();
    s_ = attrs.head_dim;
    key_head_ = attrs.order == HeadOrder::kModulo
                    ? head % attrs.key_heads
                    : head / (attrs.value_heads / attrs.key_heads);
    state_ = reinterpret_cast<float*>(ctx.states[args.state[0].index]) +
             head * s_ * s_;
  }

  size_t S() const noexcept { return s_; }
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
  float* state_;
};

void AddScaled(float* y, const float* x, float factor, size_t n) noexcept {
  for (size_t i = 0; i < n; ++i) y[i] += factor * x[i];
}

void ScaleRow(float* y, float factor, size_t n) noexcept {
  for (size_t i = 0; i < n; ++i) y[i] *= factor;
}

void StepToken(const Head& head, size_t t) noexcept {
  const size_t s = head.S();
  const float decay = Exp(head.decay(t)), beta = head.beta(t);
  const float scale = 1.0f / std::sqrt(static_cast<float>(s));
  for (size_t j = 0; j < s; ++j) {
    float* m = head.M(j);
    ScaleRow(m, decay, s);
    const float error = beta * (head.v(t)[j] - Dot(m, head.k(t), s));
    AddScaled(m, head.k(t), error, s);
    head.out(t)[j] = Dot(m, head.q(t), s) * scale;
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

  static uint64_t Floats(uint64_t s) noexcept { return kChunkTokens * s; }

  void Run() noexcept {
    for (size_t i = 0; i < n_; ++i) {
      SolveError(i);
      WriteOutput(i);
    }
    UpdateState();
  }

 private:
  float* e(size_t i) const noexcept { return e_ + i * head_.S(); }

  // y = e^L[i] M x + sum_{j<end} e^(L[i]-L[j]) (x . k_j) e_j
  void Recall(size_t i, const float* x, size_t end, float* y) const noexcept {
    const size_t s = head_.S();
    const float decay = Exp(l_[i]);
    for (size_t row = 0; row < s; ++row)
      y[row] = decay * Dot(head_.M(row), x, s);
    for (size_t j = 0; j < end; ++j) {
      const float match = Dot(x, head_.k(begin_ + j), s);
      AddScaled(y, e(j), Exp(l_[i] - l_[j]) * match, s);
    }
  }

  void SolveError(size_t i) noexcept {
    const size_t t = begin_ + i;
    Recall(i, head_.k(t), i, e(i));
    const float beta = head_.beta(t);
    for (size_t row = 0; row < head_.S(); ++row)
      e(i)[row] = beta * (head_.v(t)[row] - e(i)[row]);
  }

  void WriteOutput(size_t i) noexcept {
    const size_t t = begin_ + i, s = head_.S();
    Recall(i, head_.q(t), i + 1, head_.out(t));
    ScaleRow(head_.out(t), 1.0f / std::sqrt(static_cast<float>(s)), s);
  }

  void UpdateState() noexcept {
    const size_t s = head_.S();
    const float last = l_[n_ - 1];
    for (size_t row = 0; row < s; ++row) {
      ScaleRow(head_.M(row), Exp(last), s);
      for (size_t j = 0; j < n_; ++j)
        AddScaled(head_.M(row), head_.k(begin_ + j),
                  Exp(last - l_[j]) * e(j)[row], s);
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

uint64_t DeltaChunkScratch(const KernelArgs& args,
                           const ScratchQuery&) noexcept {
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

}  // namespace tenon::scalar
