#include "tenon/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/fake_model.h"

namespace tenon {
namespace {

using ::testing::ElementsAre;

TEST(Session, FeedsAndRemembersTokens) {
  const auto session = Open(LoadFake());
  const TokenId first[] = {0, 1}, second[] = {3};
  // The last token is 1 at position 1: hidden = {0,2,0,0} + 1.
  EXPECT_THAT(*session->Feed(first), ElementsAre(1, 6, 3, 4));
  EXPECT_THAT(session->hidden(), ElementsAre(1, 3, 1, 1));
  EXPECT_THAT(*session->Feed(second), ElementsAre(2, 4, 6, 24));
  EXPECT_THAT(session->tokens(), ElementsAre(0, 1, 3));
}

TEST(Session, GivesEveryRowInOrder) {
  LoadOptions options;
  options.max_tokens = 2;  // three steps: 2 + 2 + 1
  const auto session = Open(LoadFake(options));
  std::vector<uint32_t> positions;
  std::vector<float> first_logit;
  FeedOptions feed;
  feed.every_row = [&](const OutputRow& row) {
    positions.push_back(row.position);
    first_logit.push_back(row.logits[0]);
  };
  const TokenId ids[] = {0, 1, 1, 1, 0};
  ASSERT_TRUE(session->Feed(ids, feed).ok());
  EXPECT_THAT(positions, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(first_logit, ElementsAre(1, 1, 2, 3, 5));
}

TEST(Session, CountsTheCallsOfEachKernel) {
  const auto model = LoadFake();
  Profile profile;
  const auto session = Session::Create(model, {.profile = &profile});
  const TokenId first[] = {0, 1}, second[] = {3};
  EXPECT_THAT(*(*session)->Feed(first), ElementsAre(1, 6, 3, 4));
  EXPECT_THAT(*(*session)->Feed(second), ElementsAre(2, 4, 6, 24));
  uint64_t calls = 0;
  for (const auto& [kernel, entry] : profile.kernels) calls += entry.calls;
  EXPECT_EQ(calls, 2 * model->bound().graph.nodes.size());
  EXPECT_EQ(profile.kernels.at("head").calls, 2u);
}

TEST(Session, RefusesTokensOutsideTheVocabulary) {
  const auto session = Open(LoadFake());
  const TokenId high[] = {0, 4}, low[] = {-1};
  EXPECT_EQ(session->Feed(high).status().message(),
            "token 4 (number 1 of the input) is outside the vocabulary of 4");
  EXPECT_FALSE(session->Feed(low).ok());
  EXPECT_FALSE(session->Feed({}).ok());
  EXPECT_EQ(session->position(), 0u);
}

// Its state has 2^57 bytes: none at all if they are counted with 32 bits.
class ForgetsNothing final : public Architecture {
 public:
  ModelShape shape() const override { return {kV, 1000, kV, 1}; }
  void Build(GraphBuilder& g) const override {
    const WeightId table = g.Matrix("table", kV, kV);
    g.Recurrent("vast", 1u << 31, 1u << 24);
    g.Outputs(g.TakeOutputs("last", g.Embed("embed", table)), {table});
  }
};

TEST(Session, StateThatNoProgramHasIsAnErrorWithItsNumbers) {
  static constexpr std::string_view names[] = {"vast"};
  static constexpr ArchitectureFactory factory{
      names, [](const ModelFile&) -> StatusOr<std::unique_ptr<Architecture>> {
        return std::make_unique<ForgetsNothing>();
      }};
  constexpr Plugin arch{"arch_vast", "", &factory};
  const auto model = Model::Load(Plugins({&arch, &kBackendFake}),
                                 MakeFile(true, "vast"), {.threads = 1});
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(EstimateMemory((*model)->bound(), 16).state_constant,
            uint64_t{1} << 57);
  const Status status = Session::Create(*model, {16}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(status.message(),
            "out of memory: state vast needs 144115188075855872 bytes");
}

TEST(Session, AFullContextIsAnErrorWithItsNumbers) {
  const auto session = Open(LoadFake(), /*context=*/3);
  const TokenId two[] = {0, 1};
  ASSERT_TRUE(session->Feed(two).ok());
  const Status full = session->Feed(two).status();
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(full.message(),
            "the context is full: 2 tokens do not fit after 2 in a context of "
            "3");
  EXPECT_EQ(session->position(), 2u);
}

TEST(Session, CancelKeepsTheFinishedSteps) {
  LoadOptions options;
  options.max_tokens = 2;
  const auto session = Open(LoadFake(options));
  std::atomic<bool> cancel = false;
  FeedOptions feed;
  feed.cancel = &cancel;
  feed.progress = [&](size_t done, size_t) { cancel = done >= 2; };
  const TokenId ids[] = {0, 1, 2, 3};
  EXPECT_EQ(session->Feed(ids, feed).status().code(),
            absl::StatusCode::kCancelled);
  EXPECT_THAT(session->tokens(), ElementsAre(0, 1));
}

TEST(Session, RewindForgetsTheEnd) {
  const auto session = Open(LoadFake());
  const TokenId ids[] = {0, 1, 2}, again[] = {3};
  ASSERT_TRUE(session->Feed(ids).ok());
  ASSERT_TRUE(session->Rewind(1).ok());
  EXPECT_THAT(*session->Feed(again), ElementsAre(1, 2, 3, 20));
  EXPECT_THAT(session->tokens(), ElementsAre(0, 3));
  EXPECT_FALSE(session->Rewind(3).ok());
}

TEST(Session, RefusesAnImpossibleContext) {
  const auto model = LoadFake();
  EXPECT_EQ(Session::Create(model, {kMaxContext + 1}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ((*Session::Create(model, {}))->context_size(), 1000u);
}

std::unique_ptr<Session> OpenRecurrent() {
  LoadOptions options;
  options.threads = 1;
  auto model =
      Model::Load(Plugins({&kArchRecurrent, &kBackendFake, &kBackendSum}),
                  MakeFile(true, "recurrent"), options);
  EXPECT_TRUE(model.ok()) << model.status();
  return Open(*std::move(model));
}

// Token 0 at position 0 gives a hidden state of (1, 0, 0, 0) + 0.
TEST(RecurrentSession, StateStartsAtZero) {
  const auto session = OpenRecurrent();
  const TokenId ids[] = {0};
  EXPECT_THAT(*session->Feed(ids), ElementsAre(1, 0, 0, 0));
}

TEST(RecurrentSession, CannotForgetPartOfTheText) {
  const auto session = OpenRecurrent();
  const TokenId ids[] = {3, 2, 0};
  ASSERT_TRUE(session->Feed(ids).ok());
  EXPECT_EQ(session->Rewind(1).code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(session->position(), 3u);
  EXPECT_TRUE(session->Rewind(3).ok());
}

TEST(RecurrentSession, RewindToTheStartClearsTheState) {
  const auto session = OpenRecurrent();
  const TokenId ids[] = {3, 2, 0};
  const auto logits = *session->Feed(ids);
  const std::vector<float> first(logits.begin(), logits.end());
  ASSERT_TRUE(session->Rewind(0).ok());
  EXPECT_THAT(*session->Feed(ids), testing::ElementsAreArray(first));
}

TEST(RecurrentSession, ACheckpointBringsTheStateBack) {
  const auto session = OpenRecurrent();
  const TokenId begin[] = {3, 2}, wrong[] = {1, 1, 1}, right[] = {0};
  ASSERT_TRUE(session->Feed(begin).ok());
  const Checkpoint checkpoint = session->Save();
  const auto logits = *session->Feed(right);
  const std::vector<float> expected(logits.begin(), logits.end());

  ASSERT_TRUE(session->Restore(checkpoint).ok());
  ASSERT_TRUE(session->Feed(wrong).ok());
  ASSERT_TRUE(session->Restore(checkpoint).ok());
  EXPECT_THAT(session->tokens(), ElementsAre(3, 2));
  EXPECT_THAT(*session->Feed(right), testing::ElementsAreArray(expected));
}

TEST(RecurrentSession, ACheckpointOfAnotherTextIsRefused) {
  const auto session = OpenRecurrent();
  const TokenId one[] = {3, 2}, other[] = {2, 3};
  ASSERT_TRUE(session->Feed(one).ok());
  const Checkpoint checkpoint = session->Save();
  ASSERT_TRUE(session->Rewind(0).ok());
  ASSERT_TRUE(session->Feed(other).ok());
  EXPECT_EQ(session->Restore(checkpoint).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(session->tokens(), ElementsAre(2, 3));
}

}  // namespace
}  // namespace tenon
