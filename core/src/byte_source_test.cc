#include "tenon/byte_source.h"

#include <sys/stat.h>

#include <array>
#include <cstdio>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tenon {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string WriteFile(const char* name, std::string_view text) {
  const std::string path = ::testing::TempDir() + name;
  std::FILE* file = std::fopen(path.c_str(), "wb");
  EXPECT_NE(file, nullptr);
  EXPECT_EQ(std::fwrite(text.data(), 1, text.size(), file), text.size());
  std::fclose(file);
  return path;
}

std::string_view AsText(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const std::byte> AsBytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST(FromMemory, ReadsWhatIsThere) {
  const auto source = FromMemory("name", AsBytes("abcdef"));
  EXPECT_EQ(source->name(), "name");
  EXPECT_EQ(source->size(), 6u);
  EXPECT_EQ(AsText(source->Mapped()), "abcdef");
  std::array<std::byte, 3> out;
  ASSERT_TRUE(source->Read(3, out).ok());
  EXPECT_EQ(AsText(out), "def");
}

TEST(FromMemory, RefusesToReadPastTheEnd) {
  const auto source = FromMemory("name", AsBytes("abcdef"));
  std::array<std::byte, 3> out;
  const Status past = source->Read(4, out);
  EXPECT_TRUE(absl::IsInvalidArgument(past));
  EXPECT_EQ(past.message(), "name: 3 bytes at byte 4 are beyond its 6 bytes");
  EXPECT_FALSE(source->Read(7, {}).ok());
  EXPECT_FALSE(source->Read(UINT64_MAX, out).ok());
  EXPECT_TRUE(source->Read(6, {}).ok());
}

TEST(OpenFile, IsMappedWhereTheSystemMaps) {
  const std::string path = WriteFile("mapped", "0123456789");
  const auto source = OpenFile(path);
  ASSERT_TRUE(source.ok()) << source.status();
#ifdef __EMSCRIPTEN__
  EXPECT_TRUE((*source)->Mapped().empty());
#else
  EXPECT_EQ(AsText((*source)->Mapped()), "0123456789");
#endif
}

TEST(OpenUnmappedFile, SaysWhenTheFileHasShrunk) {
  const std::string path = WriteFile("shrunk", "0123456789");
  const auto source = OpenUnmappedFile(path);
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_TRUE((*source)->Mapped().empty());
  WriteFile("shrunk", "0123");
  std::array<std::byte, 6> out;
  const Status status = (*source)->Read(2, out);
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_EQ(status.message(),
            path + ": ends at byte 4, not at byte 10 as when it was opened");
}

// A file of holes: it takes no room on the disk.
TEST(OpenUnmappedFile, ReadsBeyondFourGigabytes) {
  const std::string path = ::testing::TempDir() + "large";
  constexpr uint64_t kBytes = (uint64_t{5} << 30) + 3;
  std::FILE* file = std::fopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr);
  ASSERT_EQ(fseeko(file, static_cast<off_t>(kBytes - 3), SEEK_SET), 0);
  ASSERT_EQ(std::fwrite("end", 1, 3, file), 3u);
  std::fclose(file);
  const auto source = OpenUnmappedFile(path);
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ((*source)->size(), kBytes);
  std::array<std::byte, 3> out;
  ASSERT_TRUE((*source)->Read(kBytes - 3, out).ok());
  EXPECT_EQ(AsText(out), "end");
  EXPECT_FALSE((*source)->Read(kBytes - 2, out).ok());
  std::remove(path.c_str());
}

using Opener = StatusOr<std::unique_ptr<ByteSource>> (*)(const std::string&);
class Opening : public ::testing::TestWithParam<Opener> {};
INSTANTIATE_TEST_SUITE_P(All, Opening,
                         ::testing::Values(&OpenFile, &OpenUnmappedFile));

TEST_P(Opening, AFileIsRead) {
  const std::string path = WriteFile("digits", "0123456789");
  const auto source = GetParam()(path);
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ((*source)->name(), path);
  EXPECT_EQ((*source)->size(), 10u);
  std::array<std::byte, 2> out;
  ASSERT_TRUE((*source)->Read(8, out).ok());
  EXPECT_EQ(AsText(out), "89");
  EXPECT_TRUE(absl::IsInvalidArgument((*source)->Read(9, out)));
}

TEST_P(Opening, AnEmptyFileHasNoBytes) {
  const auto source = GetParam()(WriteFile("empty", ""));
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ((*source)->size(), 0u);
  EXPECT_TRUE((*source)->Mapped().empty());
  EXPECT_TRUE((*source)->Read(0, {}).ok());
}

TEST_P(Opening, MissingFile) {
  const std::string path = ::testing::TempDir() + "no_such_file";
  const auto source = GetParam()(path);
  EXPECT_TRUE(absl::IsNotFound(source.status()));
  EXPECT_THAT(source.status().message(),
              StartsWith(path + ": cannot be opened"));
}

TEST_P(Opening, ADirectoryIsNoFile) {
  const auto source = GetParam()(::testing::TempDir());
  EXPECT_TRUE(absl::IsUnavailable(source.status()));
  EXPECT_EQ(source.status().message(),
            ::testing::TempDir() + ": is a directory");
}

TEST_P(Opening, APipeIsNoFileAndIsNotWaitedFor) {
  const std::string path = ::testing::TempDir() + "pipe";
  std::remove(path.c_str());
  struct stat made;
  if (mkfifo(path.c_str(), 0600) != 0 || stat(path.c_str(), &made) != 0 ||
      !S_ISFIFO(made.st_mode)) {
    GTEST_SKIP() << "no pipes here";
  }
  const auto source = GetParam()(path);
  EXPECT_TRUE(absl::IsUnavailable(source.status()));
  EXPECT_THAT(source.status().message(), HasSubstr("is not a file"));
  std::remove(path.c_str());
}

}  // namespace
}  // namespace tenon
