// The gated delta rule by chunks of tokens, as docs/deltanet.md derives it, in
// the order of sums of backend_scalar.
#ifndef BACKEND_SIMD128_DELTA_CHUNK_H_
#define BACKEND_SIMD128_DELTA_CHUNK_H_

#include <algorithm>

#include "backend_simd128/delta_head.h"

namespace tenon::simd128 {

inline constexpr size_t kChunkTokens =
    64;  // tokens, the same as backend_scalar's

// The state of a head is larger than the first cache: a few of its rows are
// read for a few tokens at a time.
inline constexpr size_t kTileTokens = 8, kTileRows = 4;

// The tokens [begin, begin + n) at once.  With L[i] the sum of the decays up to
// and including token i, and M the state before the chunk,
//   e_i = beta_i (v_i - e^L[i] M k_i - sum_{j<i} e^(L[i]-L[j]) (k_i . k_j) e_j)
//   out_i = (e^L[i] M q_i + sum_{j<=i} e^(L[i]-L[j]) (q_i . k_j) e_j) / sqrt(S)
//   M = e^L[n-1] M + sum_j e^(L[n-1]-L[j]) e_j k_j^T
//
// RowMath: DotRowsOfTwo() and AddRows() of rows.h.
template <typename RowMath>
class DeltaChunk {
 public:
  // `scratch`: Floats(S) floats.
  DeltaChunk(const DeltaHead& head, size_t begin, size_t n,
             float* scratch) noexcept
      : head_(head), begin_(begin), n_(n), s_(head.S()), scratch_(scratch) {
    float sum = 0;
    for (size_t i = 0; i < n; ++i) {
      l_[i] = sum += head.decay(begin + i);
      std::copy_n(head.k(begin + i), s_, k(i));
      std::copy_n(head.q(begin + i), s_, q(i));
    }
  }

  static uint64_t Floats(uint64_t s) noexcept { return 3 * kChunkTokens * s; }

  void Run() noexcept {
    for (size_t first = 0; first < n_; first += kTileTokens)
      Recall(first, std::min(n_, first + kTileTokens));
    for (size_t i = 0; i < n_; ++i) Correct(i);
    UpdateState();
  }

 private:
  // Side by side, where rows of the step would share places in the cache.
  float* k(size_t i) const noexcept { return scratch_ + i * s_; }
  float* q(size_t i) const noexcept { return k(kChunkTokens + i); }
  float* e(size_t i) const noexcept { return k(2 * kChunkTokens + i); }
  float* out(size_t i) const noexcept { return head_.out(begin_ + i); }

  // e_i = e^L[i] M k_i, out_i = e^L[i] M q_i
  void Recall(size_t first, size_t end) const noexcept {
    for (size_t row = 0; row < s_; row += kTileRows) {
      const size_t rows = std::min(kTileRows, s_ - row);
      for (size_t i = first; i < end; ++i)
        RowMath::DotRowsOfTwo({head_.M(row), s_}, rows, k(i), q(i), s_,
                              e(i) + row, out(i) + row);
    }
    for (size_t i = first; i < end; ++i) {
      const float decay = tenon::Exp(l_[i]);
      ScaleRow(e(i), e(i), decay, s_);
      ScaleRow(out(i), out(i), decay, s_);
    }
  }

  // decays[j] = e^(L[i] - L[j]) for j <= i
  void Decays(size_t i, float* decays) const noexcept {
    const v128_t last = Splat(l_[i]);
    Map(l_, decays, i + 1,
        [last](v128_t l) { return Exp(wasm_f32x4_sub(last, l)); });
  }

  // What the tokens up to i add to e_i and out_i.
  void Correct(size_t i) const noexcept {
    const auto multiply = [](v128_t a, v128_t b) {
      return wasm_f32x4_mul(a, b);
    };
    float decays[kChunkTokens], with_k[kChunkTokens], with_q[kChunkTokens];
    Decays(i, decays);
    RowMath::DotRowsOfTwo({k(0), s_}, i + 1, k(i), q(i), s_, with_k, with_q);
    Zip(decays, with_k, with_k, i, multiply);
    Zip(decays, with_q, with_q, i + 1, multiply);
    RowMath::AddRows({e(0), s_}, i, with_k, s_, e(i));
    SolveError(i);
    RowMath::AddRows({e(0), s_}, i + 1, with_q, s_, out(i));
    ScaleRow(out(i), out(i), head_.scale(), s_);
  }

  void SolveError(size_t i) const noexcept {
    const v128_t beta = Splat(head_.beta(begin_ + i));
    Zip(head_.v(begin_ + i), e(i), e(i), s_, [beta](v128_t v, v128_t known) {
      return wasm_f32x4_mul(beta, wasm_f32x4_sub(v, known));
    });
  }

  void UpdateState() const noexcept {
    float decays[kChunkTokens], factors[kChunkTokens];
    Decays(n_ - 1, decays);
    const float decay = tenon::Exp(l_[n_ - 1]);
    for (size_t row = 0; row < s_; ++row) {
      for (size_t j = 0; j < n_; ++j) factors[j] = decays[j] * e(j)[row];
      ScaleRow(head_.M(row), head_.M(row), decay, s_);
      RowMath::AddRows({k(0), s_}, n_, factors, s_, head_.M(row));
    }
  }

  const DeltaHead& head_;
  size_t begin_, n_, s_;
  float* scratch_;         // keys, queries and corrections e, each [n, S]
  float l_[kChunkTokens];  // sums of log decays, never positive
};

// The kernel and its scratch.
template <typename RowMath>
void RunDeltaChunks(const KernelArgs& args, const StepContext& ctx, Range range,
                    std::byte* scratch) noexcept {
  for (size_t h = range.begin; h < range.end; ++h) {
    const DeltaHead head(args, ctx, h);
    for (size_t t = 0; t < ctx.tokens; t += kChunkTokens) {
      const size_t n = std::min<size_t>(kChunkTokens, ctx.tokens - t);
      DeltaChunk<RowMath>(head, t, n, reinterpret_cast<float*>(scratch)).Run();
    }
  }
}

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_DELTA_CHUNK_H_
