#include "tenon/model_file.h"

#include <cstdio>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tenon/registry.h"

namespace tenon {
namespace {

using ::testing::HasSubstr;

// A format whose files begin with "FAKE"; one tensor per letter that follows.
// 'S' also opens the file "sibling" as a second source.
bool LooksLikeFake(std::span<const std::byte> head) noexcept {
  return head.size() >= 4 &&
         std::string_view(reinterpret_cast<const char*>(head.data()), 4) ==
             "FAKE";
}

StatusOr<ModelFile> OpenFake(std::unique_ptr<ByteSource> source,
                             const SiblingOpener& siblings,
                             const LogHook& log) {
  Warn(log, "fake");
  ModelFile file;
  const auto size = static_cast<size_t>(source->size());
  file.headers.push_back(std::make_unique<std::byte[]>(size));
  std::byte* const bytes = file.headers[0].get();
  TENON_RETURN_IF_ERROR(source->Read(0, {bytes, size}));
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  file.sources.push_back(std::move(source));
  for (size_t i = 4; i < text.size(); ++i) {
    TensorInfo tensor{};
    tensor.name = text.substr(i, 1);
    file.tensors.push_back(tensor);
    if (tensor.name == "S") {
      TENON_ASSIGN_OR_RETURN(auto sibling, siblings("sibling"));
      file.sources.push_back(std::move(sibling));
    }
    if (tensor.name == "/") {
      TENON_RETURN_IF_ERROR(siblings("../sibling").status());
    }
  }
  return file;
}

constexpr FileFormat kFakeFormat{&LooksLikeFake, &OpenFake};
constexpr Plugin kFake{"file_fake", "for tests", &kFakeFormat};

Registry FakeRegistry() {
  static constexpr const Plugin* kPlugins[] = {&kFake};
  return *Registry::Create(kPlugins);
}

std::unique_ptr<ByteSource> Source(std::string_view text) {
  return FromMemory("file", std::as_bytes(std::span(text)));
}

std::string WriteFile(const char* name, std::string_view text) {
  const std::string path = ::testing::TempDir() + name;
  std::FILE* file = std::fopen(path.c_str(), "wb");
  EXPECT_NE(file, nullptr);
  EXPECT_EQ(std::fwrite(text.data(), 1, text.size(), file), text.size());
  std::fclose(file);
  return path;
}

TEST(ModelFile, FindsTensorsByName) {
  const auto file = OpenModelFile(FakeRegistry(), Source("FAKEabc"), {});
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->Find("b"), &file->tensors[1]);
  EXPECT_EQ(file->Find("d"), nullptr);
  EXPECT_EQ(file->name(), "file");
  EXPECT_EQ(file->TotalBytes(), 7u);
}

TEST(OpenModelFile, PassesTheLogHookOn) {
  std::string logged;
  const LogHook log = [&](std::string_view message) { logged = message; };
  ASSERT_TRUE(OpenModelFile(FakeRegistry(), Source("FAKE"), {}, log).ok());
  EXPECT_EQ(logged, "fake");
}

TEST(OpenModelFile, NoFormatKnowsTheFile) {
  const auto file = OpenModelFile(FakeRegistry(), Source("PK\x03\x04zip"), {});
  EXPECT_TRUE(absl::IsInvalidArgument(file.status()));
  EXPECT_EQ(file.status().message(),
            "file: begins with 50 4b 03 04, which no linked file format knows; "
            "linked: file_fake");
}

TEST(OpenModelFile, AnEmptyFileAndNoFormatAtAll) {
  const auto file = OpenModelFile(*Registry::Create({}), Source(""), {});
  EXPECT_EQ(file.status().message(),
            "file: is empty, which no linked file format knows; linked: none");
}

TEST(OpenModelFile, SiblingsAreInTheSameFolder) {
  const std::string path = WriteFile("first", "FAKES");
  WriteFile("sibling", "12345");
  const auto file = OpenModelFile(FakeRegistry(), path);
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ(file->sources.size(), 2u);
  EXPECT_EQ(file->sources[1]->name(), ::testing::TempDir() + "sibling");
  EXPECT_EQ(file->TotalBytes(), 10u);
}

TEST(OpenModelFile, SiblingsAreNeverElsewhere) {
  const auto file =
      OpenModelFile(FakeRegistry(), WriteFile("traversal", "FAKE/"));
  EXPECT_TRUE(absl::IsInvalidArgument(file.status()));
  EXPECT_EQ(file.status().message(), "'../sibling': is not the name of a file");
}

TEST(OpenModelFile, MissingFile) {
  const auto file =
      OpenModelFile(FakeRegistry(), ::testing::TempDir() + "nowhere");
  EXPECT_TRUE(absl::IsNotFound(file.status()));
  EXPECT_THAT(file.status().message(), HasSubstr("nowhere"));
}

}  // namespace
}  // namespace tenon
