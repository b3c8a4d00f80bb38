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

TEST(MapFile, MapsAFile) {
  const std::string path = WriteFile("mapped", "0123456789");
  const auto source = MapFile(path);
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ((*source)->name(), path);
  EXPECT_EQ((*source)->size(), 10u);
  EXPECT_EQ(AsText((*source)->Mapped()), "0123456789");
  std::array<std::byte, 2> out;
  ASSERT_TRUE((*source)->Read(8, out).ok());
  EXPECT_EQ(AsText(out), "89");
}

TEST(MapFile, AnEmptyFileHasNoBytes) {
  const auto source = MapFile(WriteFile("empty", ""));
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ((*source)->size(), 0u);
  EXPECT_TRUE((*source)->Mapped().empty());
}

TEST(MapFile, MissingFile) {
  const std::string path = ::testing::TempDir() + "no_such_file";
  const auto source = MapFile(path);
  EXPECT_TRUE(absl::IsNotFound(source.status()));
  EXPECT_THAT(source.status().message(),
              StartsWith(path + ": cannot be opened"));
}

TEST(MapFile, ADirectoryIsNoFile) {
  const auto source = MapFile(::testing::TempDir());
  EXPECT_TRUE(absl::IsUnavailable(source.status()));
  EXPECT_EQ(source.status().message(),
            ::testing::TempDir() + ": is a directory");
}

TEST(MapFile, APipeIsNoFileAndIsNotWaitedFor) {
  const std::string path = ::testing::TempDir() + "pipe";
  std::remove(path.c_str());
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const auto source = MapFile(path);
  EXPECT_TRUE(absl::IsUnavailable(source.status()));
  EXPECT_THAT(source.status().message(), HasSubstr("is not a file"));
  std::remove(path.c_str());
}

}  // namespace
}  // namespace tenon
