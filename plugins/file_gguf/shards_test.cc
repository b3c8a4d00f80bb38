#include "file_gguf/shards.h"

#include <string>
#include <vector>

#include "file_gguf/open_for_test.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tenon::gguf {
namespace {

GgufWriter Shard(uint16_t number, uint16_t count) {
  GgufWriter file;
  file.Put("split.no", number).Put("split.count", count);
  return file;
}

// The shards of a good model: metadata and "a"; "b"; "c".
struct Model {
  GgufWriter first = Shard(0, 3)
                         .Put("split.tensors.count", int32_t{3})
                         .Put("general.architecture", "llama")
                         .AddTensor("a", {1}, std::vector<float>{1});
  GgufWriter second = Shard(1, 3).AddTensor("b", {1}, std::vector<float>{2});
  GgufWriter third = Shard(2, 3).AddTensor("c", {1}, std::vector<float>{3});
  std::string first_name = "dir/m-00001-of-00003.gguf";
  std::vector<NamedBytes> files;

  StatusOr<ModelFile> Open() {
    files = {{first_name, first.Bytes()},
             {"m-00002-of-00003.gguf", second.Bytes()},
             {"m-00003-of-00003.gguf", third.Bytes()}};
    return OpenSource(FromMemory(files[0].name, files[0].bytes),
                      SiblingsAmong(files));
  }
  std::string Error() { return std::string(Open().status().message()); }
};

TEST(Shards, MakeOneModel) {
  Model model;
  const auto file = model.Open();
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ(file->sources.size(), 3u);
  ASSERT_EQ(file->tensors.size(), 3u);
  EXPECT_EQ(*file->metadata.String("general.architecture"), "llama");
  const TensorInfo* c = file->Find("c");
  ASSERT_NE(c, nullptr);
  EXPECT_EQ(c->source, 2u);
  float value;
  const auto out = std::as_writable_bytes(std::span(&value, 1));
  ASSERT_TRUE(file->sources[c->source]->Read(c->offset, out).ok());
  EXPECT_EQ(value, 3);
}

TEST(Shards, TheFirstMayHaveMetadataOnly) {
  Model model;
  model.first = Shard(0, 3).Put("split.tensors.count", int32_t{2});
  const auto file = model.Open();
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->Find("b")->source, 1u);
}

TEST(Shards, OneOfOneIsAWholeModel) {
  const auto bytes = Shard(0, 1).Bytes();
  EXPECT_TRUE(OpenBytes(bytes).ok());
}

TEST(Shards, AnotherThanTheFirst) {
  const auto bytes = Shard(1, 3).Bytes();
  const auto file =
      OpenSource(FromMemory("d/m-00002-of-00003.gguf", bytes), {});
  EXPECT_TRUE(absl::IsInvalidArgument(file.status()));
  EXPECT_EQ(file.status().message(),
            "d/m-00002-of-00003.gguf: metadata 'split.no' at byte 24: this is "
            "shard 2 of "
            "3; open the first one, 'm-00001-of-00003.gguf'");
}

TEST(Shards, AnotherThanTheFirstUnderAnotherName) {
  const auto bytes = Shard(1, 3).Bytes();
  EXPECT_EQ(OpenBytes(bytes).status().message(),
            "f: metadata 'split.count' at byte 46: this is shard 2 of 3, so "
            "its name has to "
            "end in '-00002-of-00003.gguf'");
}

TEST(Shards, TheFirstUnderAnotherName) {
  Model model;
  model.first_name = "renamed.gguf";
  EXPECT_EQ(model.Error(),
            "renamed.gguf: metadata 'split.count' at byte 46: this is shard 1 "
            "of 3, so its "
            "name has to end in '-00001-of-00003.gguf'");
}

TEST(Shards, MissingOne) {
  Model model;
  ASSERT_TRUE(model.Open().ok());
  model.files.erase(model.files.begin() + 1);
  const auto file =
      OpenSource(FromMemory(model.files[0].name, model.files[0].bytes),
                 SiblingsAmong(model.files));
  EXPECT_TRUE(absl::IsNotFound(file.status()));
  EXPECT_EQ(file.status().message(), "m-00002-of-00003.gguf: cannot be opened");
}

TEST(Shards, NoWayToOpenOthers) {
  const auto bytes = Shard(0, 2).Bytes();
  EXPECT_EQ(OpenBytes(bytes).status().message(),
            "f: metadata 'split.count' at byte 46: its other shards cannot be "
            "opened");
}

TEST(Shards, WrongNumber) {
  Model model;
  model.third = Shard(1, 3);
  EXPECT_EQ(model.Error(),
            "m-00003-of-00003.gguf: metadata 'split.no' and 'split.count' say "
            "shard 2 of 3, not 3 of 3");
}

TEST(Shards, WrongCount) {
  Model model;
  model.second = Shard(1, 4);
  EXPECT_EQ(model.Error(),
            "m-00002-of-00003.gguf: metadata 'split.no' and 'split.count' say "
            "shard 2 of 4, not 2 of 3");
}

TEST(Shards, NotAShardAtAll) {
  Model model;
  model.second = GgufWriter();
  EXPECT_EQ(model.Error(),
            "m-00002-of-00003.gguf: metadata 'split.no' and 'split.count' say "
            "shard 1 of 1, not 2 of 3");
}

TEST(Shards, NumberBeyondTheCount) {
  const auto bytes = Shard(3, 3).Bytes();
  EXPECT_EQ(OpenBytes(bytes).status().message(),
            "f: metadata 'split.no' at byte 24: is 3, but there are 3 shards");
}

TEST(Shards, NumberOfTheWrongKind) {
  const auto bytes = GgufWriter().Put("split.no", "one").Bytes();
  EXPECT_EQ(OpenBytes(bytes).status().message(),
            "f: metadata 'split.no' at byte 24: is a string, not an integer");
}

TEST(Shards, TheSameTensorInTwo) {
  Model model;
  model.third = Shard(2, 3).AddTensor("a", {1}, std::vector<float>{3});
  EXPECT_EQ(model.Error(),
            "m-00003-of-00003.gguf: tensor name at byte 71: 'a' is there "
            "twice");
}

TEST(Shards, TensorsThatAreMissing) {
  Model model;
  model.third = Shard(2, 3);
  EXPECT_EQ(
      model.Error(),
      "dir/m-00001-of-00003.gguf: metadata 'split.tensors.count' at byte 71: "
      "is 3, but the shards have 2");
}

TEST(Shards, OfAnotherModel) {
  Model model;
  model.second.Put("general.architecture", "qwen2");
  EXPECT_EQ(
      model.Error(),
      "m-00002-of-00003.gguf: metadata 'general.architecture' at byte 71: "
      "is 'qwen2', but that of the first shard is "
      "'llama'");
}

TEST(Shards, ABrokenOneIsNamed) {
  Model model;
  model.second.TensorCount(2);
  EXPECT_THAT(model.Error(), ::testing::StartsWith("m-00002-of-00003.gguf: "));
}

}  // namespace
}  // namespace tenon::gguf
