#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <random>

#include "backend_scalar/kernel_case.h"

namespace tenon::scalar {
namespace {

// Inputs of T tokens, drawn as a model would make them: unit keys and queries,
// decays in (-4, 0), betas in (0, 1).
struct DeltaInputs {
  DeltaAttrs attrs;
  size_t tokens;
  std::vector<float> q, k, v, decay, beta;

  size_t keys() const { return attrs.key_heads * attrs.head_dim; }
  size_t values() const { return attrs.value_heads * attrs.head_dim; }
};

void Unit(std::span<float> x) {
  double sum = 0;
  for (float f : x) sum += double{f} * f;
  for (float& f : x) f /= static_cast<float>(std::sqrt(sum));
}

DeltaInputs Random(const DeltaAttrs& attrs, size_t tokens) {
  std::mt19937 bits(5);
  const auto draw = [&](float low, float high) {
    return low + (high - low) * static_cast<float>(bits() % 65536) / 65536.0f;
  };
  DeltaInputs in{attrs, tokens, {}, {}, {}, {}, {}};
  for (size_t i = 0; i < tokens * in.keys(); ++i) {
    in.q.push_back(draw(-1, 1));
    in.k.push_back(draw(-1, 1));
  }
  for (size_t at = 0; at < in.q.size(); at += attrs.head_dim) {
    Unit(std::span(in.q).subspan(at, attrs.head_dim));
    Unit(std::span(in.k).subspan(at, attrs.head_dim));
  }
  for (size_t i = 0; i < tokens * in.values(); ++i) in.v.push_back(draw(-2, 2));
  for (size_t i = 0; i < tokens * attrs.value_heads; ++i) {
    in.decay.push_back(-draw(0, 1) * draw(0, 4));
    in.beta.push_back(draw(0, 1));
  }
  return in;
}

// The recurrence of op.h in double, with the state as [key][value].
std::vector<double> Oracle(const DeltaInputs& in) {
  const auto [key_heads, heads, S, order] = in.attrs;
  std::vector<double> out;
  std::vector<std::vector<double>> state(heads,
                                         std::vector<double>(size_t{S} * S));
  for (size_t t = 0; t < in.tokens; ++t) {
    for (uint32_t h = 0; h < heads; ++h) {
      const uint32_t kh =
          order == HeadOrder::kModulo ? h % key_heads : h / (heads / key_heads);
      const float* q = &in.q[t * in.keys() + kh * S];
      const float* k = &in.k[t * in.keys() + kh * S];
      const float* v = &in.v[t * in.values() + h * S];
      auto& m = state[h];
      for (double& x : m) x *= std::exp(double{in.decay[t * heads + h]});
      for (uint32_t j = 0; j < S; ++j) {
        double read = 0, answer = 0;
        for (uint32_t i = 0; i < S; ++i) read += m[i * S + j] * k[i];
        const double e = in.beta[t * heads + h] * (v[j] - read);
        for (uint32_t i = 0; i < S; ++i) m[i * S + j] += k[i] * e;
        for (uint32_t i = 0; i < S; ++i) answer += m[i * S + j] * q[i];
        out.push_back(answer / std::sqrt(static_cast<double>(S)));
      }
    }
  }
  return out;
}

// A slice of the tokens as one step; `state` goes on.
std::vector<float> Step(const KernelEntry& kernel, const DeltaInputs& in,
                        size_t begin, size_t count, std::vector<float>& state) {
  const uint32_t heads = in.attrs.value_heads;
  KernelArgs args;
  std::vector<float> arena;
  const auto add = [&](size_t at, const std::vector<float>& x, size_t cols) {
    args.in[at] = {arena.size() * 4, cols * 4, static_cast<uint32_t>(cols),
                   Rows::kTokens, DType::kF32};
    arena.insert(arena.end(), x.begin() + static_cast<ptrdiff_t>(begin * cols),
                 x.begin() + static_cast<ptrdiff_t>((begin + count) * cols));
  };
  add(0, in.q, in.keys());
  add(1, in.k, in.keys());
  add(2, in.v, in.values());
  add(3, in.decay, heads);
  add(4, in.beta, heads);
  const size_t out = arena.size();
  args.out = {out * 4, in.values() * 4, static_cast<uint32_t>(in.values()),
              Rows::kTokens, DType::kF32};
  args.attrs = &in.attrs;
  arena.resize(out + count * in.values());
  std::byte* states[] = {reinterpret_cast<std::byte*>(state.data())};
  StepContext ctx{.tokens = static_cast<uint32_t>(count), .outputs = 1};
  ctx.activations = reinterpret_cast<std::byte*>(arena.data());
  ctx.states = states;
  std::vector<std::byte> scratch(
      kernel.scratch ? kernel.scratch(args, {64, 1000}) : 0);
  for (uint32_t i = kernel.items(args, ctx); i-- > 0;)
    kernel.run(args, ctx, {i, i + 1}, scratch.data());
  return {arena.begin() + static_cast<ptrdiff_t>(out), arena.end()};
}

const KernelEntry& Kernel(Phase phase) {
  for (const KernelEntry& entry : Kernels())
    if (entry.op == OpKind::kGatedDelta && (entry.phases & phase)) return entry;
  std::abort();
}

// Feeds all tokens in steps of the given sizes, over and over.
std::vector<float> Feed(const KernelEntry& kernel, const DeltaInputs& in,
                        const std::vector<size_t>& sizes,
                        std::vector<float>* final_state = nullptr) {
  std::vector<float> state(in.values() * in.attrs.head_dim), out;
  size_t at = 0;
  for (size_t i = 0; at < in.tokens; ++i) {
    const size_t n = std::min(sizes[i % sizes.size()], in.tokens - at);
    const auto rows = Step(kernel, in, at, n, state);
    out.insert(out.end(), rows.begin(), rows.end());
    at += n;
  }
  if (final_state) *final_state = state;
  return out;
}

template <typename A, typename B>
double Distance(const A& a, const B& b) {
  double difference = 0, size = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    size += double{b[i]} * b[i];
  }
  return std::sqrt(difference / size);
}

constexpr DeltaAttrs kSmall{2, 4, 8, HeadOrder::kModulo};
constexpr DeltaAttrs kGrouped{2, 6, 8, HeadOrder::kGrouped};
constexpr DeltaAttrs kReal{1, 1, 128, HeadOrder::kModulo};

TEST(GatedDelta, AgreesWithTheRecurrenceInDouble) {
  for (const DeltaAttrs& attrs : {kSmall, kGrouped, kReal}) {
    const DeltaInputs in = Random(attrs, 70);
    EXPECT_LT(Distance(Feed(Kernel(kDecode), in, {1}), Oracle(in)), 1e-6);
  }
}

TEST(GatedDelta, TheChunkedFormIsTheSame) {
  for (const DeltaAttrs& attrs : {kSmall, kGrouped, kReal}) {
    for (size_t tokens : {1u, 2u, 63u, 64u, 65u, 192u}) {
      const DeltaInputs in = Random(attrs, tokens);
      EXPECT_LT(Distance(Feed(Kernel(kPrefill), in, {tokens}), Oracle(in)),
                1e-5)
          << tokens;
    }
  }
}

TEST(GatedDelta, AnyPartitionGivesTheSameOutputsAndState) {
  const DeltaInputs in = Random(kSmall, 130);
  std::vector<float> whole_state, state;
  const auto whole = Feed(Kernel(kPrefill), in, {130}, &whole_state);
  for (const std::vector<size_t>& sizes :
       std::vector<std::vector<size_t>>{{1}, {7, 5}, {64}, {65}, {100}}) {
    const auto out = Feed(Kernel(kPrefill), in, sizes, &state);
    EXPECT_LT(Distance(out, whole), 1e-5);
    EXPECT_LT(Distance(state, whole_state), 1e-5);
  }
}

// One key head, two value heads, S = 1: both read the same key, and state
// builds up as by hand: m = e^0 m + beta (v - m k) k.
TEST(GatedDelta, AHandWorkedCase) {
  const DeltaInputs in{{1, 2, 1, HeadOrder::kModulo},
                       2,
                       {1, 2},
                       {1, 1},
                       {4, 8, 6, 8},
                       {0, 0, 0, 0},
                       {0.5f, 1, 0.5f, 0.25f}};
  // Head 0: m = 2, then 2 + (6 - 2) / 2 = 4; head 1: m = 8, then 8.
  EXPECT_THAT(Feed(Kernel(kDecode), in, {1}),
              testing::ElementsAre(2, 8, 8, 16));
}

// Four value heads over two key heads: modulo reads 0 1 0 1, grouped 0 0 1 1.
TEST(GatedDelta, WhichKeyHeadAValueHeadReads) {
  DeltaInputs in{{2, 4, 1, HeadOrder::kModulo},
                 1,
                 {3, 5},
                 {1, 1},
                 {1, 1, 1, 1},
                 {0, 0, 0, 0},
                 {1, 1, 1, 1}};
  EXPECT_THAT(Feed(Kernel(kDecode), in, {1}), testing::ElementsAre(3, 5, 3, 5));
  in.attrs.order = HeadOrder::kGrouped;
  EXPECT_THAT(Feed(Kernel(kDecode), in, {1}), testing::ElementsAre(3, 3, 5, 5));
}

TEST(GatedDelta, StrongDecayForgetsWithoutNumericTrouble) {
  DeltaInputs in = Random(kSmall, 100);
  for (float& d : in.decay) d = -50.0f;
  const auto out = Feed(Kernel(kPrefill), in, {100});
  EXPECT_LT(Distance(out, Oracle(in)), 1e-6);
}

}  // namespace
}  // namespace tenon::scalar
