#include "tenon/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tenon/backend.h"
#include "tenon/executor.h"

namespace tenon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Backend kNoKernels{};
constexpr ExecutorFactory kNoExecutor{};
constexpr Plugin kSlow{"backend_slow", "", &kNoKernels};
constexpr Plugin kFast{"backend_fast", "", &kNoKernels};
constexpr Plugin kPool{"pool", "", &kNoExecutor};

StatusOr<Registry> Make(std::initializer_list<const Plugin*> plugins) {
  return Registry::Create({plugins.begin(), plugins.size()});
}

TEST(Registry, KeepsTheOrderOfTheTable) {
  const auto registry = Make({&kSlow, &kPool, &kFast});
  ASSERT_TRUE(registry.ok());
  EXPECT_THAT(registry->OfKind(PluginKind::kBackend),
              ElementsAre(&kSlow, &kFast));
  EXPECT_EQ(registry->Find("pool"), &kPool);
  EXPECT_EQ(registry->Find("nobody"), nullptr);
}

TEST(Registry, TheConstructorSetsTheKind) {
  EXPECT_EQ(kSlow.kind, PluginKind::kBackend);
  EXPECT_EQ(kPool.kind, PluginKind::kExecutor);
  EXPECT_EQ(&AsBackend(kSlow), &kNoKernels);
}

TEST(Registry, RefusesTwoPluginsOfOneName) {
  constexpr Plugin again{"backend_slow", "", &kNoExecutor};
  const auto registry = Make({&kSlow, &again});
  EXPECT_EQ(registry.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(registry.status().message(), HasSubstr("backend_slow"));
}

TEST(Registry, RefusesAnotherAbi) {
  Plugin old = kSlow;
  old.abi = kPluginAbi + 1;
  EXPECT_THAT(Make({&old}).status().message(), HasSubstr("plugin ABI"));
}

TEST(Registry, RefusesEmptyDescriptors) {
  const Plugin nameless{"", "", &kNoKernels};
  const Plugin hollow{"hollow", "", static_cast<const Backend*>(nullptr)};
  EXPECT_FALSE(Make({&nameless}).ok());
  EXPECT_FALSE(Make({&hollow}).ok());
  EXPECT_FALSE(Make({nullptr}).ok());
}

}  // namespace
}  // namespace tenon
