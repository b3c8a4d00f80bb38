#include "tenon/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/fake_model.h"

namespace tenon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

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

TEST(Model, AWeightThatNoProgramHoldsIsAnErrorWithItsNumbers) {
  constexpr PackedLayout layout{
      "vast",
      [](DType, uint64_t, uint64_t) noexcept { return uint64_t{1} << 57; },
      nullptr, 1};
  KernelEntry kernels[] = {
      {OpKind::kEmbed, DType::kF32, DType::kF32, &EmbedKernel, &Items, "embed"},
      {OpKind::kHead, DType::kF32, DType::kF32, &HeadKernel, &Items, "head"}};
  for (KernelEntry& kernel : kernels) kernel.layout = &layout;
  const Backend backend{kernels};
  const Plugin vast{"backend_vast", "", &backend};
  const auto model = Model::Load(Plugins({&kArch, &kBackendFake, &vast}),
                                 MakeFile(), {.threads = 1});
  EXPECT_EQ(model.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(model.status().message(),
            "fake.bin: out of memory: tensor 'table' needs "
            "144115188075855872 bytes");
}

TEST(Model, WhatIsWrongWithATokenizerNamesTheFileOnce) {
  ModelFile file = MakeFile();
  ASSERT_TRUE(
      file.metadata.Add("tokenizer.ggml.model", std::string_view("odd")).ok());
  const Registry registry = Plugins({&kArch, &kBackendFake});
  constexpr std::string_view kWhy =
      "fake.bin: no linked plugin reads the tokenizer 'odd' "
      "('tokenizer.ggml.model')";
  EXPECT_EQ(LoadTokenizer(registry, file, nullptr).status().message(), kWhy);
  const auto model = Model::Load(registry, std::move(file), {.threads = 1});
  EXPECT_EQ(model.status().message(), kWhy);
}

// Its activations would take gigabytes at the usual step of 128 tokens.
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

}  // namespace
}  // namespace tenon
