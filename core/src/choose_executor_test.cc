#include "src/choose_executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "src/fake_model.h"

namespace tenon {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

uint32_t tile_bytes = 0;  // of the last step that a team ran

// Claims to be as many workers as it is asked for, or three.
class FakeTeam : public Executor {
 public:
  explicit FakeTeam(uint32_t workers) : workers_(workers == 0 ? 3 : workers) {}
  uint32_t workers() const noexcept override { return workers_; }
  void Limit(uint32_t workers) noexcept override { workers_ = workers; }
  void Run(const Plan& plan, const StepContext& ctx,
           const Scratch& scratch) noexcept override {
    tile_bytes = ctx.tile_bytes;
    alone_->Run(plan, ctx, scratch);
  }

 private:
  uint32_t workers_;
  const std::unique_ptr<Executor> alone_ = MakeInlineExecutor();
};

constexpr ExecutorFactory kTeams{
    [](uint32_t threads) -> std::unique_ptr<Executor> {
      return std::make_unique<FakeTeam>(threads);
    }};
constexpr Plugin kFakeTeams{"backend_teams", "", &kTeams};

struct FakeMemory : TuningMemory {
  std::string Recall(std::string_view key) override {
    asked.emplace_back(key);
    return text;
  }
  void Remember(std::string_view key, std::string_view its_text) override {
    EXPECT_EQ(key, asked.back());
    told.emplace_back(its_text);
  }
  std::string text;
  std::vector<std::string> asked, told;
};

std::shared_ptr<const Model> Load(uint32_t threads, TuningMemory* memory) {
  LoadOptions options;
  options.threads = threads;
  options.tuning = memory;
  auto model = Model::Load(Plugins({&kArch, &kBackendFake, &kFakeTeams}),
                           MakeFile(), options);
  EXPECT_TRUE(model.ok()) << model.status();
  return *std::move(model);
}

ExecutorChoice Choose(const LoadOptions& options) {
  return ChooseExecutor(Plugins({&kArch, &kBackendFake, &kFakeTeams}), options,
                        *LoadFake());
}

TEST(ChooseExecutor, TakesWhatIsRemembered) {
  FakeMemory memory;
  memory.text = "2: 1=3000 2=1500 3=2000; 320: 0=30 320=20";
  const auto model = Load(0, &memory);
  EXPECT_EQ(model->executor().workers(), 2u);
  EXPECT_EQ(model->executor_plugin(), "backend_teams");
  ASSERT_TRUE(model->tuning().has_value());
  EXPECT_TRUE(model->tuning()->remembered);
  EXPECT_EQ(model->tuning()->tile_kib.value, 320u);
  EXPECT_THAT(memory.told, SizeIs(0));
}

TEST(ChooseExecutor, SessionsStepInTheTilesOfTheChoice) {
  FakeMemory memory;
  memory.text = "2: 1=3000 2=1500; 320: 0=30 320=20";
  for (uint32_t threads : {0, 2}) {
    auto session = Session::Create(Load(threads, &memory), {});
    ASSERT_TRUE(session.ok()) << session.status();
    ASSERT_TRUE((*session)->Feed(std::vector<TokenId>{1}).ok());
    EXPECT_EQ(tile_bytes, threads == 0 ? 320u * 1024 : kNoTileLimit);
  }
}

TEST(ChooseExecutor, MeasuresAndRemembersOnce) {
  FakeMemory memory;
  const auto model = Load(0, &memory);
  ASSERT_TRUE(model->tuning().has_value());
  EXPECT_FALSE(model->tuning()->remembered);
  EXPECT_EQ(model->executor().workers(), model->tuning()->threads.value);
  EXPECT_THAT(memory.asked.front(),
              AllOf(HasSubstr("backend_fake"), HasSubstr("arch_fake"),
                    HasSubstr("backend_teams 3")));
  ASSERT_THAT(memory.told, SizeIs(1));
  memory.text = memory.told.front();
  const auto again = Load(0, &memory);
  EXPECT_TRUE(again->tuning()->remembered);
  EXPECT_EQ(again->executor().workers(), model->executor().workers());
  EXPECT_THAT(memory.told, SizeIs(1));
}

TEST(ChooseExecutor, MeasuresAgainWhereMemoryCannotBeRight) {
  for (const char* text :
       {"nonsense", "4: 1=3000 4=1000; 0: 0=1", "0: 0=1000 1=2000; 0: 0=1"}) {
    FakeMemory memory;
    memory.text = text;
    EXPECT_FALSE(Load(0, &memory)->tuning()->remembered) << text;
    EXPECT_THAT(memory.told, SizeIs(1));
  }
}

TEST(ChooseExecutor, ANumberOfThreadsThatIsGivenWins) {
  FakeMemory memory;
  memory.text = "2: 1=3000 2=1500; 0: 0=30";
  for (uint32_t threads : {1, 2, 3}) {
    const auto model = Load(threads, &memory);
    EXPECT_EQ(model->executor().workers(), threads);
    EXPECT_FALSE(model->tuning().has_value());
  }
  EXPECT_THAT(memory.asked, SizeIs(0));
  EXPECT_THAT(memory.told, SizeIs(0));
}

TEST(ChooseExecutor, WithoutAMemoryTheExecutorDecides) {
  EXPECT_EQ(Load(0, nullptr)->executor().workers(), 3u);
}

TEST(ChooseExecutor, MeasuresNothingWhereThereIsOneCore) {
  FakeMemory memory;
  LoadOptions options;
  options.most_threads = 1;
  options.tuning = &memory;
  const auto choice = Choose(options);
  EXPECT_EQ(choice.executor->workers(), 1u);
  EXPECT_FALSE(choice.tuning.has_value());
}

TEST(ChooseExecutor, TriesNoMoreThanTheMost) {
  FakeMemory memory;
  LoadOptions options;
  options.most_threads = 5;
  options.tuning = &memory;
  const auto choice = Choose(options);
  EXPECT_EQ(choice.tuning->threads.samples.back().value, 5u);
  options.tuning = nullptr;
  EXPECT_EQ(Choose(options).executor->workers(), 5u);
}

// Half a measurement must not decide about the loads to come.
TEST(ChooseExecutor, RemembersNothingWhenItIsCancelled) {
  const std::atomic<bool> cancel = true;
  FakeMemory memory;
  LoadOptions options;
  options.tuning = &memory;
  options.cancel = &cancel;
  const auto choice = Choose(options);
  EXPECT_NE(choice.executor, nullptr);
  EXPECT_THAT(memory.told, SizeIs(0));
}

}  // namespace
}  // namespace tenon
