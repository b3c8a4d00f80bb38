// Loading and sessions over a fake architecture, backend and file.
//
// The fake model: V = 4 tokens, E = 4, embedding = 4 x 4; hidden = embedding of
// the token + its position; the head is the embedding again.
#include "tenon/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "src/test_graph.h"
#include "tenon/session.h"

namespace tenon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr uint32_t kV = 4;
constexpr float kTable[kV][kV] = {
    {1, 0, 0, 0}, {0, 2, 0, 0}, {0, 0, 3, 0}, {0, 0, 0, 4}};

// --- A backend: embedding plus position, copy of the outputs, and a head.

void EmbedKernel(const KernelArgs& a, const StepContext& ctx, Range range,
                 std::byte*) noexcept {
  const auto* table = reinterpret_cast<const float*>(a.weight[0].data);
  for (uint32_t t = range.begin; t < range.end; ++t)
    for (uint32_t i = 0; i < kV; ++i)
      RowOf<float>(a.out, ctx, t)[i] = table[ctx.token_ids[t] * kV + i] +
                                       static_cast<float>(ctx.position + t);
}

void TakeKernel(const KernelArgs& a, const StepContext& ctx, Range range,
                std::byte*) noexcept {
  const uint32_t skip = ctx.tokens - ctx.outputs;
  for (uint32_t r = range.begin; r < range.end; ++r)
    std::memcpy(RowOf<float>(a.out, ctx, r),
                RowOf<float>(a.in[0], ctx, skip + r), a.out.row_bytes);
}

void HeadKernel(const KernelArgs& a, const StepContext& ctx, Range range,
                std::byte*) noexcept {
  const auto* table = reinterpret_cast<const float*>(a.weight[0].data);
  for (uint32_t r = range.begin; r < range.end; ++r) {
    const float* x = RowOf<float>(a.in[0], ctx, r);
    for (uint32_t v = 0; v < kV; ++v) {
      float sum = 0;
      for (uint32_t i = 0; i < kV; ++i) sum += table[v * kV + i] * x[i];
      RowOf<float>(a.out, ctx, r)[v] = sum;
    }
  }
}

uint32_t Items(const KernelArgs& a, const StepContext& ctx) noexcept {
  return RowCount(a.out, ctx);
}

constexpr KernelEntry kKernels[] = {
    {OpKind::kEmbed, DType::kF32, DType::kF32, &EmbedKernel, &Items, "embed"},
    {OpKind::kTakeOutputs, DType::kF32, DType::kF32, &TakeKernel, &Items,
     "take"},
    {OpKind::kHead, DType::kF32, DType::kF32, &HeadKernel, &Items, "head"}};
constexpr Backend kBackend{kKernels};
constexpr Plugin kBackendFake{"backend_fake", "", &kBackend};

// The same head, reading the table's rows in reverse order.
void ReversePack(DType, size_t rows, size_t, size_t first, size_t count,
                 const std::byte* source, std::byte* packed) noexcept {
  for (size_t r = 0; r < count; ++r)
    std::memcpy(packed + (rows - 1 - first - r) * sizeof(kTable[0]),
                source + r * sizeof(kTable[0]), sizeof(kTable[0]));
}
size_t ReverseBytes(DType dtype, size_t rows, size_t cols) noexcept {
  return rows * RowBytes(dtype, cols);
}
constexpr PackedLayout kReversed{"reversed", &ReverseBytes, &ReversePack, 1};

void ReversedHead(const KernelArgs& a, const StepContext& ctx, Range range,
                  std::byte* scratch) noexcept {
  HeadKernel(a, ctx, range, scratch);
  for (uint32_t r = range.begin; r < range.end; ++r) {
    float* y = RowOf<float>(a.out, ctx, r);
    std::swap(y[0], y[3]);
    std::swap(y[1], y[2]);
  }
}
void ReversedEmbed(const KernelArgs& a, const StepContext& ctx, Range range,
                   std::byte*) noexcept {
  const auto* table = reinterpret_cast<const float*>(a.weight[0].data);
  for (uint32_t t = range.begin; t < range.end; ++t)
    for (uint32_t i = 0; i < kV; ++i)
      RowOf<float>(a.out, ctx, t)[i] =
          table[(kV - 1 - static_cast<uint32_t>(ctx.token_ids[t])) * kV + i] +
          static_cast<float>(ctx.position + t);
}
constexpr KernelEntry kReversedKernels[] = {
    {OpKind::kEmbed, DType::kF32, DType::kF32, &ReversedEmbed, &Items,
     "embed_reversed", nullptr, nullptr, &kReversed},
    {OpKind::kHead, DType::kF32, DType::kF32, &ReversedHead, &Items,
     "head_reversed", nullptr, nullptr, &kReversed}};
constexpr Backend kReversedBackend{kReversedKernels};
constexpr Plugin kBackendReversed{"backend_reversed", "", &kReversedBackend};

constexpr Backend kBrokenBackend{
    {}, []() noexcept { return "this machine lacks it"; }};
constexpr Plugin kBackendBroken{"backend_broken", "", &kBrokenBackend};

// --- An architecture.

class FakeArchitecture final : public Architecture {
 public:
  ModelShape shape() const override { return {kV, 1000, kV, 1}; }
  void Build(GraphBuilder& g) const override {
    const WeightId table = g.Matrix("table", kV, kV);
    const ValueId x = g.Embed("embed", table);
    g.Outputs(g.TakeOutputs("last", x), {table});
  }
};
constexpr std::string_view kNames[] = {"fake"};
constexpr ArchitectureFactory kFactory{
    kNames, [](const ModelFile&) -> StatusOr<std::unique_ptr<Architecture>> {
      return std::make_unique<FakeArchitecture>();
    }};
constexpr Plugin kArch{"arch_fake", "", &kFactory};

// A recurrent state of one number: the sum of the token ids so far, which is
// added to every hidden value.  CausalConv's slot is used for it.
void SumKernel(const KernelArgs& a, const StepContext& ctx, Range,
               std::byte*) noexcept {
  float& sum = *reinterpret_cast<float*>(ctx.states[a.state[0].index]);
  for (uint32_t t = 0; t < ctx.tokens; ++t) {
    sum += static_cast<float>(ctx.token_ids[t]);
    for (uint32_t i = 0; i < kV; ++i)
      RowOf<float>(a.out, ctx, t)[i] = RowOf<float>(a.in[0], ctx, t)[i] + sum;
  }
}
uint32_t OneItem(const KernelArgs&, const StepContext&) noexcept { return 1; }
constexpr KernelEntry kSumKernels[] = {{OpKind::kCausalConv, DType::kF32,
                                        DType::kF32, &SumKernel, &OneItem,
                                        "sum"}};
constexpr Backend kSumBackend{kSumKernels};
constexpr Plugin kBackendSum{"backend_sum", "", &kSumBackend};

class RecurrentArchitecture final : public Architecture {
 public:
  ModelShape shape() const override { return {kV, 1000, kV, 1}; }
  void Build(GraphBuilder& g) const override {
    const WeightId table = g.Matrix("table", kV, kV);
    const StateId sum = g.Ring("sum", kV - 1, kV);
    const ValueId x = g.CausalConv("sum", g.Embed("embed", table), table, sum);
    g.Outputs(g.TakeOutputs("last", x), {table});
  }
};
constexpr std::string_view kRecurrentNames[] = {"recurrent"};
constexpr ArchitectureFactory kRecurrentFactory{
    kRecurrentNames,
    [](const ModelFile&) -> StatusOr<std::unique_ptr<Architecture>> {
      return std::make_unique<RecurrentArchitecture>();
    }};
constexpr Plugin kArchRecurrent{"arch_recurrent", "", &kRecurrentFactory};

// --- A file.

// Hides the mapping of the source that it wraps.
class Unmapped final : public ByteSource {
 public:
  explicit Unmapped(std::unique_ptr<ByteSource> source)
      : source_(std::move(source)) {}
  std::string_view name() const override { return source_->name(); }
  uint64_t size() const override { return source_->size(); }
  Status Read(uint64_t offset, std::span<std::byte> out) override {
    return source_->Read(offset, out);
  }

 private:
  std::unique_ptr<ByteSource> source_;
};

ModelFile MakeFile(bool mapped = true, std::string_view architecture = "fake") {
  alignas(kAlignment) static const auto bytes = [] {
    std::array<std::byte, sizeof(kTable)> copy;
    std::memcpy(copy.data(), kTable, sizeof(kTable));
    return copy;
  }();
  ModelFile file;
  auto source = FromMemory("fake.bin", bytes);
  if (!mapped) source = std::make_unique<Unmapped>(std::move(source));
  file.sources.push_back(std::move(source));
  EXPECT_TRUE(file.metadata.Add("general.architecture", architecture).ok());
  file.tensors = {Tensor("table", kV, kV)};
  return file;
}

Registry Plugins(std::vector<const Plugin*> plugins) {
  return *Registry::Create(plugins);
}

std::shared_ptr<const Model> LoadFake(LoadOptions options = {},
                                      bool mapped = true) {
  options.threads = 1;
  auto model =
      Model::Load(Plugins({&kArch, &kBackendFake}), MakeFile(mapped), options);
  EXPECT_TRUE(model.ok()) << model.status();
  return *std::move(model);
}

std::unique_ptr<Session> Open(std::shared_ptr<const Model> model,
                              uint32_t context = 16) {
  auto session = Session::Create(std::move(model), {context});
  EXPECT_TRUE(session.ok()) << session.status();
  return *std::move(session);
}

// --- Model::Load

TEST(Model, UsesAMappedWeightWhereItLies) {
  const auto model = LoadFake();
  const std::byte* in_file = model->file().sources[0]->Mapped().data();
  EXPECT_EQ(model->bound().decode.steps[0].args->weight[0].data, in_file);
}

TEST(Model, StreamsAnUnmappedWeight) {
  const auto session = Open(LoadFake({}, /*mapped=*/false));
  const TokenId ids[] = {2};
  EXPECT_THAT(*session->Feed(ids), ElementsAre(0, 0, 9, 0));
}

TEST(Model, PacksAWeightForTheBackendThatWantsIt) {
  LoadOptions options;
  options.threads = 1;
  auto model = Model::Load(Plugins({&kArch, &kBackendFake, &kBackendReversed}),
                           MakeFile(), options);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_STREQ((*model)->bound().layouts[0]->id, "reversed");
  const TokenId ids[] = {2};
  EXPECT_THAT(*Open(*model)->Feed(ids), ElementsAre(0, 0, 9, 0));
}

// Its activations would take gigabytes at the usual step of 64 tokens.
class WideArchitecture final : public Architecture {
 public:
  ModelShape shape() const override { return {kV, 1000, kV, 1}; }
  void Build(GraphBuilder& g) const override {
    const WeightId table = g.Matrix("table", kV, kV);
    ValueId x = g.Embed("embed", table);
    for (int i = 0; i < 11; ++i) x = g.Concat("wider", {x, x, x, x});
    g.Outputs(g.TakeOutputs("last", g.Slice("narrow", x, 0, kV)), {table});
  }
};

TEST(Model, TakesShorterStepsWhereActivationsAreWide) {
  static constexpr std::string_view names[] = {"wide"};
  static constexpr ArchitectureFactory factory{
      names, [](const ModelFile&) -> StatusOr<std::unique_ptr<Architecture>> {
        return std::make_unique<WideArchitecture>();
      }};
  constexpr Plugin arch{"arch_wide", "", &factory};
  constexpr KernelEntry kernels[] = {
      {OpKind::kConcat, DType::kF32, DType::kF32, &TakeKernel, &Items, "cat"},
      {OpKind::kSlice, DType::kF32, DType::kF32, &TakeKernel, &Items, "cut"}};
  const Backend backend{kernels};
  const Plugin more{"backend_more", "", &backend};
  const auto model = Model::Load(Plugins({&arch, &kBackendFake, &more}),
                                 MakeFile(true, "wide"), {.threads = 1});
  ASSERT_TRUE(model.ok()) << model.status();
  // 4 * 4^11 columns of four bytes: 64 MB a token.
  EXPECT_EQ((*model)->bound().prefill.max_tokens, 1u);
}

TEST(Model, ReportsProgressAndCanBeCancelled) {
  LoadOptions options;
  uint64_t done = 0, total = 0;
  options.progress = [&](uint64_t d, uint64_t t) { done = d, total = t; };
  LoadFake(options);
  EXPECT_EQ(done, sizeof(kTable));
  EXPECT_EQ(total, sizeof(kTable));

  const std::atomic<bool> cancel = true;
  options.cancel = &cancel;
  const auto cancelled =
      Model::Load(Plugins({&kArch, &kBackendFake}), MakeFile(), options);
  EXPECT_EQ(cancelled.status().code(), absl::StatusCode::kCancelled);
}

TEST(Model, NamesWhatNoPluginRuns) {
  const auto model = Model::Load(Plugins({&kArch, &kBackendFake}),
                                 MakeFile(true, "other"), {});
  EXPECT_EQ(model.status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(model.status().message(),
            "fake.bin: no linked plugin runs architecture 'other'; linked: "
            "fake");
}

TEST(Model, SelectsBackendsByName) {
  LoadOptions options;
  options.threads = 1;
  options.backends = {"fake"};
  const Registry registry =
      Plugins({&kArch, &kBackendFake, &kBackendReversed, &kBackendBroken});
  const auto model = Model::Load(registry, MakeFile(), options);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_THAT((*model)->backends(), ElementsAre("backend_fake"));

  options.backends = {"nobody"};
  EXPECT_THAT(Model::Load(registry, MakeFile(), options).status().message(),
              HasSubstr("no backend is called 'nobody'"));
  options.backends = {"backend_broken"};
  EXPECT_THAT(Model::Load(registry, MakeFile(), options).status().message(),
              HasSubstr("this machine lacks it"));
}

TEST(Model, SkipsABackendThatCannotRunHere) {
  std::string warning;
  LoadOptions options;
  options.threads = 1;
  options.log = [&](std::string_view message) { warning = message; };
  const auto model = Model::Load(
      Plugins({&kArch, &kBackendFake, &kBackendBroken}), MakeFile(), options);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_THAT((*model)->backends(), ElementsAre("backend_fake"));
  EXPECT_EQ(warning, "backend backend_broken: this machine lacks it");
}

// --- Session

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

TEST(Session, RefusesTokensOutsideTheVocabulary) {
  const auto session = Open(LoadFake());
  const TokenId high[] = {0, 4}, low[] = {-1};
  EXPECT_EQ(session->Feed(high).status().message(),
            "token 4 (number 1 of the input) is outside the vocabulary of 4");
  EXPECT_FALSE(session->Feed(low).ok());
  EXPECT_FALSE(session->Feed({}).ok());
  EXPECT_EQ(session->position(), 0u);
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
