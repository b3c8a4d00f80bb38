// What a good file is read as.
#include "file_gguf/header.h"

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

#include "file_gguf/open_for_test.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/memory_file.h"

namespace tenon::gguf {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing_support::UnmappedSource;

// Written by hand from the format's description: one key, one tensor of two
// F16 values.
constexpr char kByHand[] =
    "GGUF"
    "\x03\x00\x00\x00"                  // version
    "\x01\x00\x00\x00\x00\x00\x00\x00"  // tensors
    "\x01\x00\x00\x00\x00\x00\x00\x00"  // keys
    "\x05\x00\x00\x00\x00\x00\x00\x00"  // key: length, text
    "a.key"
    "\x05\x00\x00\x00"                  // type i32
    "\xfe\xff\xff\xff"                  // value
    "\x01\x00\x00\x00\x00\x00\x00\x00"  // tensor name: length, text
    "w"
    "\x01\x00\x00\x00"                  // dimensions
    "\x02\x00\x00\x00\x00\x00\x00\x00"  // dims[0]
    "\x01\x00\x00\x00"                  // type F16
    "\x00\x00\x00\x00\x00\x00\x00\x00"  // offset
    "\x00\x00\x00\x00\x00\x00\x00\x00"  // padding from byte 78 to byte 96
    "\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00"
    "\x00\x3c\x00\xc0";  // 1.0, -2.0

TEST(Header, ByHand) {
  const auto bytes =
      std::as_bytes(std::span(kByHand)).first(sizeof(kByHand) - 1);
  ASSERT_EQ(bytes.size(), 100u);
  const auto file = OpenBytes(bytes);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->format, "GGUF v3");
  ASSERT_EQ(file->metadata.entries().size(), 1u);
  EXPECT_EQ(file->metadata.entries()[0].key, "a.key");
  EXPECT_EQ(std::get<int64_t>(file->metadata.entries()[0].value), -2);
  ASSERT_EQ(file->tensors.size(), 1u);
  const TensorInfo& tensor = file->tensors[0];
  EXPECT_EQ(tensor.name, "w");
  EXPECT_EQ(tensor.dtype, DType::kF16);
  EXPECT_THAT(tensor.dims, ElementsAre(2, 1, 1, 1));
  EXPECT_EQ(tensor.n_dims, 1u);
  EXPECT_EQ(tensor.source, 0u);
  EXPECT_EQ(tensor.offset, 96u);
  EXPECT_EQ(tensor.bytes, 4u);
}

TEST(Header, Version2IsReadAlike) {
  const auto bytes = SmallFile().Version(2).Bytes();
  const auto file = OpenBytes(bytes);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->format, "GGUF v2");
  EXPECT_EQ(file->tensors.size(), 2u);
}

TEST(Header, EveryScalarType) {
  const auto bytes = GgufWriter()
                         .Put("u8", uint8_t{255})
                         .Put("i8", int8_t{-128})
                         .Put("u16", uint16_t{65535})
                         .Put("i16", int16_t{-32768})
                         .Put("u32", uint32_t{4294967295})
                         .Put("i32", int32_t{-5})
                         .Put("f32", 0.25f)
                         .Put("bool", true)
                         .Put("string", "a\nb")
                         .Put("u64", ~uint64_t{0})
                         .Put("i64", int64_t{-1} << 62)
                         .Put("f64", 1e300)
                         .Bytes();
  const auto file = OpenBytes(bytes);
  ASSERT_TRUE(file.ok()) << file.status();
  const auto value = [&](std::string_view key) {
    return *file->metadata.Find(key);
  };
  EXPECT_EQ(std::get<uint64_t>(value("u8")), 255u);
  EXPECT_EQ(std::get<int64_t>(value("i8")), -128);
  EXPECT_EQ(std::get<uint64_t>(value("u16")), 65535u);
  EXPECT_EQ(std::get<int64_t>(value("i16")), -32768);
  EXPECT_EQ(std::get<uint64_t>(value("u32")), 4294967295u);
  EXPECT_EQ(std::get<int64_t>(value("i32")), -5);
  EXPECT_EQ(std::get<double>(value("f32")), 0.25);
  EXPECT_EQ(std::get<bool>(value("bool")), true);
  EXPECT_EQ(std::get<std::string_view>(value("string")), "a\nb");
  EXPECT_EQ(std::get<uint64_t>(value("u64")), 18446744073709551615u);
  EXPECT_EQ(std::get<int64_t>(value("i64")), -4611686018427387904);
  EXPECT_EQ(std::get<double>(value("f64")), 1e300);
}

TEST(Header, EveryArrayType) {
  const auto bytes =
      GgufWriter()
          .Put("u8", std::vector<uint8_t>{1, 255})
          .Put("i8", std::vector<int8_t>{-1})
          .Put("u16", std::vector<uint16_t>{65535})
          .Put("i16", std::vector<int16_t>{-3})
          .Put("u32", std::vector<uint32_t>{9, 8, 7})
          .Put("i32", std::vector<int32_t>{-7})
          .Put("u64", std::vector<uint64_t>{12})
          .Put("i64", std::vector<int64_t>{-13})
          .Put("f32", std::vector<float>{0.5f})
          .Put("f64", std::vector<double>{0.125})
          .Put("bool", std::vector<bool>{true, false})
          .Put("string", std::vector<std::string>{"", "b", std::string(3, 0)})
          .Put("none", std::vector<float>{})
          .Bytes();
  const auto file = OpenBytes(bytes);
  ASSERT_TRUE(file.ok()) << file.status();
  const Metadata& metadata = file->metadata;
  EXPECT_THAT(*metadata.Ints("u8"), ElementsAre(1, 255));
  EXPECT_THAT(*metadata.Ints("i8"), ElementsAre(-1));
  EXPECT_THAT(*metadata.Ints("u16"), ElementsAre(65535));
  EXPECT_THAT(*metadata.Ints("i16"), ElementsAre(-3));
  EXPECT_THAT(*metadata.Ints("u32"), ElementsAre(9, 8, 7));
  EXPECT_THAT(*metadata.Ints("i32"), ElementsAre(-7));
  EXPECT_THAT(*metadata.Ints("u64"), ElementsAre(12));
  EXPECT_THAT(*metadata.Ints("i64"), ElementsAre(-13));
  EXPECT_THAT(*metadata.Floats("f32"), ElementsAre(0.5f));
  EXPECT_THAT(*metadata.Floats("f64"), ElementsAre(0.125f));
  EXPECT_THAT(*metadata.Floats("none"), IsEmpty());
  EXPECT_THAT(*metadata.Strings("string"),
              ElementsAre("", "b", std::string_view("\0\0\0", 3)));
  const auto& booleans = std::get<NumberArray>(*metadata.Find("bool"));
  EXPECT_EQ(booleans.element, NumberArray::Element::kBool);
  EXPECT_EQ(booleans.size(), 2u);
}

TEST(Header, TensorsAreWhereTheFileSays) {
  const auto bytes = SmallFile().Bytes();
  const auto file = OpenBytes(bytes);
  ASSERT_TRUE(file.ok()) << file.status();
  const TensorInfo* a = file->Find("a.weight");
  const TensorInfo* b = file->Find("b.weight");
  EXPECT_EQ(b->dtype, DType::kQ8_0);
  EXPECT_THAT(b->dims, ElementsAre(32, 3, 2, 1));
  EXPECT_EQ(b->rows(), 6u);
  EXPECT_EQ(b->bytes, 34u * 6);
  EXPECT_EQ(b->offset, bytes.size() - 34 * 6);
  EXPECT_EQ(a->offset, b->offset - 32);  // 4 * 2 * 4 bytes
  EXPECT_EQ(bytes[b->offset], std::byte{1});
}

TEST(Header, AlignmentIsOfTheDataAndOfEachTensor) {
  const auto bytes = GgufWriter()
                         .Alignment(256)
                         .AddTensor("v", {1}, std::vector<float>(1))
                         .AddTensor("w", {1}, std::vector<float>(1))
                         .Bytes();
  const auto file = OpenBytes(bytes);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->tensors[0].offset % 256, 0u);
  EXPECT_EQ(file->tensors[1].offset, file->tensors[0].offset + 256);
}

TEST(Header, TensorsInAnyOrderOfTheirData) {
  const auto bytes = GgufWriter()
                         .AddTensorRaw("second", {8}, 0, 32)
                         .AddTensor("first", {8}, std::vector<float>(16))
                         .Bytes();
  const auto file = OpenBytes(bytes);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->tensors[0].offset, file->tensors[1].offset + 32);
}

TEST(Header, TypesKnownBySizeOnlyAreAccepted) {
  // Id 40 is NVFP4: 36 bytes for 64 values.
  const auto bytes =
      GgufWriter().AddTensorRaw("w", {128}, 40, 0).PadBeforeData(72).Bytes();
  const auto file = OpenBytes(bytes);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->tensors[0].bytes, 72u);
}

TEST(Header, NeedsNoTensorsAndNoKeys) {
  const auto bytes = GgufWriter().Bytes();
  EXPECT_EQ(bytes.size(), 24u);
  const auto file = OpenBytes(bytes);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->tensors.empty());
}

// More than a first piece of metadata, then far more data than that.
TEST(Header, OfAnUnmappedSourceIsReadInPieces) {
  GgufWriter writer;
  writer.Put("long", std::vector<uint8_t>(3 << 19, 5))
      .Put("after", "here")
      .AddTensor("w", {1 << 21}, std::vector<float>(1 << 21));
  const auto bytes = writer.Bytes();
  uint64_t read_up_to = 0;
  const auto file = OpenSource(
      std::make_unique<UnmappedSource>(FromMemory("f", bytes), &read_up_to));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(*file->metadata.String("after"), "here");
  EXPECT_EQ(std::get<NumberArray>(*file->metadata.Find("long")).size(),
            3u << 19);
  EXPECT_EQ(file->Find("w")->offset, bytes.size() - (4 << 21));
  ASSERT_EQ(file->headers.size(), 1u);
  EXPECT_LT(read_up_to, 4u << 20);
}

TEST(Header, OfAnUnmappedSourceHasTheSameErrors) {
  auto bytes = SmallFile().Bytes();
  bytes.pop_back();
  const auto unmapped =
      OpenSource(std::make_unique<UnmappedSource>(FromMemory("f", bytes)));
  EXPECT_EQ(unmapped.status(), OpenBytes(bytes).status());
  EXPECT_FALSE(unmapped.ok());
}

// Vocabularies that another program wrote, where they are at hand.
TEST(Header, FilesOfAnotherProgram) {
  const std::filesystem::path folder =
      std::filesystem::path(TENON_SOURCE_DIR) / "../shared/facts/vectors";
  const std::string path = (folder / "tok_fixtures/spm.gguf").string();
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  auto source = OpenFile(path);
  ASSERT_TRUE(source.ok()) << source.status();
  const auto file = OpenSource(*std::move(source));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(*file->metadata.String("general.architecture"), "llama");
  EXPECT_EQ(file->metadata.Strings("tokenizer.ggml.tokens")->size(), 298u);
  EXPECT_EQ((*file->metadata.Strings("tokenizer.ggml.tokens"))[3], "<0x00>");
  EXPECT_EQ(file->metadata.Floats("tokenizer.ggml.scores")->size(), 298u);
  EXPECT_EQ((*file->metadata.Ints("tokenizer.ggml.token_type"))[3], 6);
  EXPECT_EQ(*file->metadata.U32("tokenizer.ggml.eos_token_id"), 2u);
  EXPECT_TRUE(file->tensors.empty());
}

TEST(FileGguf, RecognisesItsMagic) {
  const auto& format = AsFileFormat(kFileGguf);
  const auto head = [](std::string_view text) {
    return std::as_bytes(std::span(text));
  };
  EXPECT_TRUE(format.recognises(head("GGUF\3\0\0\0")));
  EXPECT_FALSE(format.recognises(head("GGML\3\0\0\0")));
  EXPECT_FALSE(format.recognises(head("GGU")));
  EXPECT_FALSE(format.recognises({}));
}

}  // namespace
}  // namespace tenon::gguf
