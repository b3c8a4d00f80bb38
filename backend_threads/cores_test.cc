#include "backend_threads/cores.h"

#include <filesystem>
#include <fstream>

#include "gtest/gtest.h"

namespace tenon {
namespace {

// A folder that stands for "/", for one test.
class CoresTest : public testing::Test {
 protected:
  CoresTest() {
    root_ = testing::TempDir() + "tenon_cores_" +
            testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(root_);
  }
  ~CoresTest() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = root_ + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  void WriteSiblings(int cpu, const std::string& siblings) {
    Write("/sys/devices/system/cpu/cpu" + std::to_string(cpu) +
              "/topology/thread_siblings_list",
          siblings + "\n");
  }

  std::string root_;
};

TEST_F(CoresTest, CountsHardwareThreadsOfACoreOnce) {
  for (int cpu : {0, 4}) WriteSiblings(cpu, "0,4");
  for (int cpu : {1, 5}) WriteSiblings(cpu, "1,5");
  for (int cpu : {2, 3}) WriteSiblings(cpu, "2-3");
  EXPECT_EQ(PhysicalCores({0, 1, 2, 3, 4, 5}, root_), 3u);
  EXPECT_EQ(PhysicalCores({0, 4}, root_), 1u);
  EXPECT_EQ(PhysicalCores({4, 5}, root_), 2u);
  EXPECT_EQ(PhysicalCores({0, 8, 9}, root_), 3u);  // 8 and 9 are not described
}

TEST_F(CoresTest, TakesTheSmallestLimitOfTheGroups) {
  EXPECT_EQ(CgroupCpus(root_), 0u);
  Write("/proc/self/cgroup", "1:cpu:/x\n0::/a/b\n");
  Write("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
  EXPECT_EQ(CgroupCpus(root_), 0u);
  Write("/sys/fs/cgroup/a/cpu.max", "300000 100000\n");
  EXPECT_EQ(CgroupCpus(root_), 3u);
  Write("/sys/fs/cgroup/a/b/cpu.max", "150000 100000\n");
  EXPECT_EQ(CgroupCpus(root_), 2u);
}

TEST_F(CoresTest, ReadsTheGroupOfAContainer) {
  Write("/proc/self/cgroup", "0::/\n");
  Write("/sys/fs/cgroup/cpu.max", "50000 100000\n");
  EXPECT_EQ(CgroupCpus(root_), 1u);
}

TEST(ParseCpuMax, RoundsUpAndIgnoresNonsense) {
  EXPECT_EQ(ParseCpuMax("200000 100000"), 2u);
  EXPECT_EQ(ParseCpuMax("200001 100000"), 3u);
  EXPECT_EQ(ParseCpuMax("1000 100000"), 1u);
  for (const char* text : {"max 100000", "", "5", "5 ", "5 0", "0 5", "x y",
                           "-1 100000", "99999999999999999999999 1"})
    EXPECT_EQ(ParseCpuMax(text), 0u) << text;
}

TEST(UsableCores, IsAtLeastOne) { EXPECT_GE(UsableCores(), 1u); }

}  // namespace
}  // namespace tenon
