// What was written is what is read.
#include "file_tnn/open.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "file_tnn/file_for_test.h"

namespace tenon::tnn {
namespace {

using ::testing::ElementsAre;

void ExpectSmallModel(const StatusOr<ModelFile>& file) {
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->format, "TNN v1");
  const Metadata expected = SmallMetadata();
  const auto entries = file->metadata.entries();
  ASSERT_EQ(entries.size(), expected.entries().size());
  for (size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].key, expected.entries()[i].key);
    EXPECT_EQ(entries[i].value.index(), expected.entries()[i].value.index());
    EXPECT_EQ(ToString(entries[i].value),
              ToString(expected.entries()[i].value));
  }
  EXPECT_THAT(*file->metadata.Ints("numbers"), ElementsAre(7, 65535));
  EXPECT_THAT(*file->metadata.Strings("texts"),
              ElementsAre("x", "", std::string_view("y\0z")));

  const std::vector<TensorInfo> tensors = SmallTensors();
  ASSERT_EQ(file->tensors.size(), tensors.size());
  for (size_t i = 0; i < tensors.size(); ++i) {
    const TensorInfo& tensor = file->tensors[i];
    EXPECT_EQ(tensor.name, tensors[i].name);
    EXPECT_EQ(tensor.dtype, tensors[i].dtype);
    EXPECT_EQ(tensor.dims, tensors[i].dims);
    EXPECT_EQ(tensor.n_dims, tensors[i].n_dims);
    EXPECT_EQ(tensor.layout, tensors[i].layout);
    EXPECT_EQ(tensor.bytes, tensors[i].bytes);
    EXPECT_EQ(tensor.offset % 64, 0u);
    std::vector<std::byte> bytes(tensor.bytes);
    ASSERT_TRUE(file->sources[0]->Read(tensor.offset, bytes).ok());
    EXPECT_THAT(bytes, testing::Each(static_cast<std::byte>(i + 1)));
  }
  EXPECT_EQ(*VerifyChecksums(*file, {}), tensors.size());
}

TEST(Open, GivesWhatWasWritten) {
  const Bytes bytes = SmallFile();
  ExpectSmallModel(OpenBytes(bytes));
}

TEST(Open, ReadsTheManifestOfAnUnmappedFile) {
  const Bytes bytes = SmallFile();
  const auto file =
      Open(std::make_unique<UnmappedSource>(FromMemory("f", bytes)), {}, {});
  ExpectSmallModel(file);
  EXPECT_EQ(file->headers.size(), 1u);
}

TEST(Open, CopiesTheManifestOfAMappingThatIsNotAligned) {
  const Bytes bytes = SmallFile();
  Bytes shifted(bytes.size() + 1);
  std::ranges::copy(bytes, shifted.begin() + 1);
  ExpectSmallModel(OpenBytes(std::span(shifted).subspan(1)));
}

TEST(Open, BorrowsFromAMapping) {
  const Bytes bytes = SmallFile();
  const auto file = OpenBytes(bytes);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->headers.empty());
  const void* name = file->tensors[0].name.data();
  EXPECT_TRUE(bytes.data() <= name && name < bytes.data() + bytes.size());
}

TEST(Open, NeedsNoTensorsAndNoKeys) {
  const Bytes bytes = WriteFile({}, {});
  const auto file = OpenBytes(bytes);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->tensors.empty());
  EXPECT_TRUE(file->metadata.entries().empty());
}

// Written by hand from docs/packed-files.md and the FlatBuffers specification:
// version 2, no metadata, no tensors, no data.
TEST(Open, ByHand) {
  Bytes bytes(64);
  const auto put = [&bytes](size_t at, std::initializer_list<int> values) {
    for (const int value : values) bytes[at++] = static_cast<std::byte>(value);
  };
  put(0, {28, 0, 0, 0});         // size of what follows
  put(4, {16, 0, 0, 0});         // root: at byte 4 + 16
  put(8, {'T', 'N', 'N', 'M'});  // identifier
  put(14, {6, 0, 8, 0, 4, 0});   // vtable: 6 bytes, table of 8, version at 4
  put(20, {6, 0, 0, 0, 2, 0, 0, 0});  // table: its vtable 6 bytes before; 2
  const auto file = OpenBytes(Sealed(bytes));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->tensors.empty());
}

TEST(Write, IsTheSameEveryTime) { EXPECT_EQ(SmallFile(), SmallFile()); }

TEST(Write, PassesOnWhatGoesWrong) {
  const Metadata metadata;
  MemorySink sink;
  const auto cancelled = [](size_t) -> StatusOr<std::span<const std::byte>> {
    return absl::CancelledError("stop");
  };
  EXPECT_EQ(Write({&metadata, SmallTensors(), cancelled}, sink).code(),
            absl::StatusCode::kCancelled);
  // Without a manifest, what is there already is no packed file.
  EXPECT_FALSE(LooksLikeTnn(sink.file));
}

TEST(FileTnn, RecognisesItsIdentifier) {
  const FileFormat& format = AsFileFormat(kFileTnn);
  const auto head = [](std::string_view text) {
    return std::as_bytes(std::span(text));
  };
  EXPECT_TRUE(format.recognises(head("1234abcdTNNM....")));
  EXPECT_FALSE(format.recognises(head("GGUF\3...........")));
  EXPECT_FALSE(format.recognises(head("1234abcdTNN")));
  EXPECT_FALSE(format.recognises({}));
}

}  // namespace
}  // namespace tenon::tnn
