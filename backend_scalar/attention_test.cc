#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "backend_scalar/kernel_case.h"

namespace tenon::scalar {
namespace {

using testing::ElementsAre;
using testing::FloatNear;

constexpr float kLn2 = 0.69314718f;

// A cache of rows for one node.
struct Cache {
  std::vector<float> k, v;
  uint32_t cols;
};

std::vector<float> Attend(const AttentionAttrs& attrs, StepContext step,
                          std::span<const float> q, Cache& cache) {
  KernelCase node(OpKind::kAttention, step);
  node.Input(attrs.heads * attrs.head_dim, q)
      .State(DType::kF32, cache.cols,
             std::as_writable_bytes(std::span(cache.k)))
      .State(DType::kF32, cache.cols,
             std::as_writable_bytes(std::span(cache.v)))
      .With(attrs);
  return node.Run(attrs.heads * attrs.head_dim);
}

constexpr AttentionAttrs kOneHead{
    .heads = 1, .kv_heads = 1, .head_dim = 2, .scale = 1, .window = 0};

// Scores ln 2 and 0, so the weights are 2/3 and 1/3.
TEST(Attention, WeighsByTheSoftmaxOfTheScores) {
  Cache cache{.k = {1, 0, 0, 1}, .v = {3, 0, 0, 6}, .cols = 2};
  const float q[] = {kLn2, 0};
  EXPECT_THAT(
      Attend(kOneHead, {.tokens = 1, .outputs = 1, .position = 1}, q, cache),
      ElementsAre(FloatNear(2, 1e-6f), FloatNear(2, 1e-6f)));
}

TEST(Attention, ScalesTheScores) {
  AttentionAttrs attrs = kOneHead;
  attrs.scale = 0.25f;
  Cache cache{.k = {4, 0, 0, 1}, .v = {3, 0, 0, 6}, .cols = 2};
  const float q[] = {kLn2, 0};
  EXPECT_THAT(
      Attend(attrs, {.tokens = 1, .outputs = 1, .position = 1}, q, cache),
      ElementsAre(FloatNear(2, 1e-6f), FloatNear(2, 1e-6f)));
}

TEST(Attention, DoesNotSeeLaterTokens) {
  Cache cache{.k = {0, 0, 0, 0, 0, 0}, .v = {1, 2, 3, 4, 50, 60}, .cols = 2};
  const float q[] = {1, 1, 1, 1};
  EXPECT_THAT(
      Attend(kOneHead, {.tokens = 2, .outputs = 1, .position = 0}, q, cache),
      ElementsAre(1, 2, 2, 3));
}

TEST(Attention, SeesOnlyItsWindow) {
  AttentionAttrs attrs = kOneHead;
  attrs.window = 2;
  Cache cache{
      .k = std::vector<float>(8), .v = {9, 9, 1, 2, 3, 4, 5, 6}, .cols = 2};
  const float q[] = {1, 1, 1, 1, 1, 1};
  EXPECT_THAT(
      Attend(attrs, {.tokens = 3, .outputs = 1, .position = 1}, q, cache),
      ElementsAre(5, 5.5f, 2, 3, 4, 5));
}

TEST(Attention, GroupsOfHeadsShareKeysAndValues) {
  static constexpr AttentionAttrs kAttrs{
      .heads = 4, .kv_heads = 2, .head_dim = 1, .scale = 1, .window = 0};
  Cache cache{.k = {0, 0}, .v = {5, 7}, .cols = 2};
  const float q[] = {1, 2, 3, 4};
  EXPECT_THAT(
      Attend(kAttrs, {.tokens = 1, .outputs = 1, .position = 0}, q, cache),
      ElementsAre(5, 5, 7, 7));
}

TEST(Attention, SurvivesHugeScores) {
  Cache cache{.k = {1, 0, 0, 1}, .v = {3, 4, 5, 6}, .cols = 2};
  const float q[] = {1e30f, -1e30f};
  EXPECT_THAT(
      Attend(kOneHead, {.tokens = 1, .outputs = 1, .position = 1}, q, cache),
      ElementsAre(3, 4));
}

TEST(Attention, ReadsHalfPrecisionRows) {
  uint16_t k[] = {0x3c00, 0x0000, 0x0000, 0x3c00};  // 1 0, 0 1
  uint16_t v[] = {0x4200, 0x0000, 0x0000, 0x4600};  // 3 0, 0 6
  KernelCase node(OpKind::kAttention,
                  {.tokens = 1, .outputs = 1, .position = 1});
  node.Input(2, {kLn2, 0})
      .State(DType::kF16, 2, std::as_writable_bytes(std::span(k)))
      .State(DType::kF16, 2, std::as_writable_bytes(std::span(v)))
      .With(kOneHead);
  EXPECT_THAT(node.Run(2),
              ElementsAre(FloatNear(2, 1e-6f), FloatNear(2, 1e-6f)));
}

// One head in double, straight from the formula.
std::vector<double> Textbook(std::span<const float> q, const float* k,
                             const float* v, size_t rows, size_t cols,
                             double scale) {
  const size_t head_dim = q.size();
  std::vector<double> out(head_dim);
  double sum = 0;
  for (size_t p = 0; p < rows; ++p) {
    double score = 0;
    for (size_t d = 0; d < head_dim; ++d)
      score += double{q[d]} * k[p * cols + d];
    const double weight = std::exp(score * scale);
    sum += weight;
    for (size_t d = 0; d < head_dim; ++d) out[d] += weight * v[p * cols + d];
  }
  for (double& y : out) y /= sum;
  return out;
}

TEST(Attention, AgreesWithTheTextbook) {
  static constexpr AttentionAttrs kAttrs{
      .heads = 6, .kv_heads = 2, .head_dim = 20, .scale = 0.3f, .window = 0};
  std::mt19937 random(3);
  const auto fill = [&](size_t n) {
    std::vector<float> values(n);
    for (float& x : values)
      x = static_cast<float>(random() % 2001) / 1000.0f - 1.0f;
    return values;
  };
  Cache cache{.k = fill(50 * 40), .v = fill(50 * 40), .cols = 40};
  const std::vector<float> q = fill(7 * 120);
  const std::vector<float> out =
      Attend(kAttrs, {.tokens = 7, .outputs = 1, .position = 41}, q, cache);
  for (size_t t = 0; t < 7; ++t)
    for (size_t h = 0; h < 6; ++h) {
      const size_t begin = t * 120 + h * 20, column = h / 3 * 20;
      const std::vector<double> want =
          Textbook(std::span(q).subspan(begin, 20), &cache.k[column],
                   &cache.v[column], 42 + t, 40, 0.3);
      for (size_t d = 0; d < 20; ++d)
        ASSERT_NEAR(out[begin + d], want[d], 1e-6) << t << " " << h;
    }
}

}  // namespace
}  // namespace tenon::scalar
