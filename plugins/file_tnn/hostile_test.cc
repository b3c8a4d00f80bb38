// What nobody would write on purpose gets one clear error.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <limits>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "file_tnn/file_for_test.h"

namespace tenon::tnn {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
constexpr uint64_t kTwo63 = uint64_t{1} << 63;

// A tensor as a manifest may have it, right or wrong.
struct RawTensor {
  std::string name = "w", dtype = "F32";
  std::vector<uint64_t> dims = {16};
  std::string layout = {};
  uint64_t offset = 0, bytes = 64;
};

// A manifest with `make`'s root, and `data_bytes` bytes of data.
Bytes FileOf(
    const std::function<flatbuffers::Offset<fb::Manifest>(Builder&)>& make,
    uint64_t data_bytes = 0) {
  Builder builder;
  fb::FinishSizePrefixedManifestBuffer(builder, make(builder));
  const auto manifest =
      std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
  Bytes file(manifest.begin(), manifest.end());
  file.resize(DataBegin(manifest.size()) + data_bytes);
  return Sealed(std::move(file));
}

Bytes FileWith(const std::vector<RawTensor>& tensors,
               uint64_t data_bytes = 128) {
  return FileOf(
      [&](Builder& b) {
        std::vector<flatbuffers::Offset<fb::Tensor>> table;
        for (const RawTensor& t : tensors) {
          const auto name = b.CreateString(t.name);
          const auto dtype = b.CreateString(t.dtype);
          const auto dims = b.CreateVector(t.dims);
          flatbuffers::Offset<flatbuffers::String> layout;
          if (!t.layout.empty()) layout = b.CreateString(t.layout);
          table.push_back(fb::CreateTensor(b, name, dtype, dims, layout,
                                           t.offset, t.bytes));
        }
        return fb::CreateManifest(b, kVersion, 0, b.CreateVector(table),
                                  data_bytes);
      },
      data_bytes);
}

Bytes FileWithEntry(
    std::string_view key,
    const std::function<
        std::pair<fb::Value, flatbuffers::Offset<void>>(Builder&)>& value,
    int times = 1) {
  return FileOf([&](Builder& b) {
    std::vector<flatbuffers::Offset<fb::Entry>> entries;
    for (int i = 0; i < times; ++i) {
      const auto [type, stored] = value(b);
      entries.push_back(fb::CreateEntry(b, b.CreateString(key), type, stored));
    }
    return fb::CreateManifest(b, kVersion, b.CreateVector(entries));
  });
}

std::pair<fb::Value, flatbuffers::Offset<void>> Seven(Builder& b) {
  return {fb::Value::UintValue, fb::CreateUintValue(b, 7).Union()};
}

auto Numbers(fb::NumberKind kind, uint8_t width, size_t bytes) {
  return [=](Builder& b) -> std::pair<fb::Value, flatbuffers::Offset<void>> {
    const auto stored = b.CreateVector(std::vector<uint8_t>(bytes));
    return {fb::Value::NumbersValue,
            fb::CreateNumbersValue(b, kind, width, stored).Union()};
  };
}

Bytes Cut(Bytes bytes, size_t size) {
  bytes.resize(size);
  return bytes;
}

Bytes WithVersion(uint16_t version) {
  return FileOf([&](Builder& b) { return fb::CreateManifest(b, version); });
}

struct Case {
  std::string name;
  Bytes bytes;
  std::string message;
};

std::vector<Case> FrontCases() {
  Bytes changed = SmallFile();
  changed[40] ^= std::byte{1};
  Bytes huge = SmallFile();
  std::memset(huge.data(), 0xff, 4);
  Bytes other = SmallFile();
  other[8] = std::byte{'X'};
  Bytes longer = SmallFile();
  longer.resize(longer.size() + 1);
  const Bytes good = SmallFile();
  const std::string begin = absl::StrCat(DataBegin(ManifestBytes(good)));
  const std::string data =
      absl::StrCat(good.size() - DataBegin(ManifestBytes(good)));
  return {
      {"empty", {}, "f: manifest at byte 0: the file has only 0 bytes"},
      {"no_identifier", Cut(SmallFile(), 11),
       "f: manifest at byte 0: the file has only 11 bytes"},
      {"size_beyond_the_file", huge,
       absl::StrCat("f: manifest at byte 0: its 4294967299 bytes and their "
                    "checksum end beyond the file's ",
                    huge.size())},
      {"other_identifier", Sealed(other),
       "f: manifest at byte 0: is no well-formed FlatBuffer of its schema"},
      {"newer_version", WithVersion(3), "f: version: 3 is not supported; 2 is"},
      {"older_version", WithVersion(1), "f: version: 1 is not supported; 2 is"},
      {"no_version", WithVersion(0), "f: version: 0 is not supported; 2 is"},
      {"cut_in_the_data", Cut(good, good.size() - 1),
       absl::StrCat("f: data_bytes: ", data, " bytes from byte ", begin,
                    " on, but the file has ", good.size() - 1, " bytes")},
      {"longer", longer,
       absl::StrCat("f: data_bytes: ", data, " bytes from byte ", begin,
                    " on, but the file has ", good.size() + 1, " bytes")},
  };
}

std::vector<Case> MetadataCases() {
  return {
      {"key_twice", FileWithEntry("k", Seven, 2),
       "f: metadata 'k': the key is there twice"},
      {"no_key", FileWithEntry("", Seven), "f: metadata '': has no name"},
      {"newline_in_key", FileWithEntry("a\nb", Seven),
       "f: metadata 'a\\nb': has a control character in its name"},
      {"number_of_three_bytes",
       FileWithEntry("k", Numbers(fb::NumberKind::Uint, 3, 6)),
       "f: metadata 'k': numbers of kind 0 and 3 bytes are unknown"},
      {"number_of_no_bytes",
       FileWithEntry("k", Numbers(fb::NumberKind::Int, 0, 6)),
       "f: metadata 'k': numbers of kind 1 and 0 bytes are unknown"},
      {"float_of_two_bytes",
       FileWithEntry("k", Numbers(fb::NumberKind::Float, 2, 6)),
       "f: metadata 'k': numbers of kind 2 and 2 bytes are unknown"},
      {"unknown_kind",
       FileWithEntry("k", Numbers(static_cast<fb::NumberKind>(9), 4, 8)),
       "f: metadata 'k': numbers of kind 9 and 4 bytes are unknown"},
      {"half_a_number", FileWithEntry("k", Numbers(fb::NumberKind::Uint, 4, 6)),
       "f: metadata 'k': 6 bytes are no whole numbers of 4 bytes"},
      {"value_of_the_future",
       FileWithEntry("k",
                     [](Builder& b) {
                       return std::pair(static_cast<fb::Value>(99),
                                        Seven(b).second);
                     }),
       "f: metadata 'k': its type 99 is unknown: a newer program wrote the "
       "file"},
  };
}

std::vector<Case> TensorCases() {
  const std::string long_name(256, 'n');
  return {
      {"no_name", FileWith({{.name = ""}}), "f: tensor '': has no name"},
      {"long_name", FileWith({{.name = long_name}}),
       absl::StrCat("f: tensor '", long_name.substr(0, 80),
                    "...': has far too long a name")},
      {"name_twice", FileWith({{}, {.offset = 64}}),
       "f: tensor 'w': is there twice"},
      {"no_dims", FileWith({{.dims = {}}}),
       "f: tensor 'w' dims: 0 are not 1, 2, 3 or 4"},
      {"five_dims", FileWith({{.dims = {1, 1, 1, 1, 1}}}),
       "f: tensor 'w' dims: 5 are not 1, 2, 3 or 4"},
      {"dim_of_nothing", FileWith({{.dims = {16, 0}}}),
       "f: tensor 'w' dims: 0 is not a size"},
      {"elements_wrap", FileWith({{.dims = {16, kTwo63 / 8}}}),
       "f: tensor 'w' dims: 1152921504606846976 makes too many elements: 2^63 "
       "or more"},
      {"unknown_type", FileWith({{.dtype = "Q9_9"}}),
       "f: tensor 'w' dtype: 'Q9_9' is not a known tensor type"},
      {"type_of_activations",
       FileWith({{.dtype = "A8", .dims = {32}, .bytes = 40}}),
       "f: tensor 'w' dtype: 'A8' is not a known tensor type"},
      {"half_a_block", FileWith({{.dtype = "Q8_0"}}),
       "f: tensor 'w' dtype: rows of 16 elements are no multiple of 32, the "
       "block of Q8_0"},
      {"offset_not_aligned", FileWith({{.offset = 32}}),
       "f: tensor 'w' offset: 32 is no multiple of 64"},
      {"offset_beyond_the_data", FileWith({{.offset = 192}}),
       "f: tensor 'w' bytes: 64 bytes at 192 end beyond the data's 128"},
      {"bytes_beyond_the_data",
       FileWith({{.dims = {32}, .offset = 64, .bytes = 128}}),
       "f: tensor 'w' bytes: 128 bytes at 64 end beyond the data's 128"},
      {"end_wraps", FileWith({{.offset = 64, .bytes = kMax - 63}}),
       "f: tensor 'w' bytes: 18446744073709551552 bytes at 64 end beyond the "
       "data's 128"},
      {"two_overlap",
       FileWith({{.name = "v", .dims = {17}, .bytes = 68}, {.offset = 64}}),
       "f: tensor 'w' offset: 64 is before byte 68 of the data, where the "
       "tensor before it ends"},
      {"out_of_order", FileWith({{.name = "v", .offset = 64}, {}}),
       "f: tensor 'w' offset: 0 is before byte 128 of the data, where the "
       "tensor before it ends"},
      {"too_few_bytes", FileWith({{.bytes = 60}}),
       "f: tensor 'w' bytes: 60 are not those of 16 blocks of F32"},
      {"too_many_bytes", FileWith({{.bytes = 68}}),
       "f: tensor 'w' bytes: 68 are not those of 16 blocks of F32"},
      {"bytes_wrap", FileWith({{.dims = {kTwo63 / 2 + 16}}}),
       "f: tensor 'w' bytes: 64 are not those of 4611686018427387920 blocks "
       "of F32"},
      {"newline_in_layout", FileWith({{.layout = "a\nb"}}),
       "f: tensor 'w' layout: has a control character in its name"},
  };
}

class BadFile : public ::testing::TestWithParam<Case> {};

TEST_P(BadFile, GetsAClearError) {
  const auto file = OpenBytes(GetParam().bytes);
  EXPECT_TRUE(absl::IsInvalidArgument(file.status())) << file.status();
  EXPECT_EQ(file.status().message(), GetParam().message);
}

std::string NameOf(const ::testing::TestParamInfo<Case>& info) {
  return info.param.name;
}
INSTANTIATE_TEST_SUITE_P(Front, BadFile, ::testing::ValuesIn(FrontCases()),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Metadata, BadFile,
                         ::testing::ValuesIn(MetadataCases()), NameOf);
INSTANTIATE_TEST_SUITE_P(Tensors, BadFile, ::testing::ValuesIn(TensorCases()),
                         NameOf);

TEST(GoodFile, IsTakenByTheSameMaker) {
  EXPECT_TRUE(OpenBytes(FileWith({{}, {.name = "v", .offset = 64}})).ok());
  EXPECT_TRUE(OpenBytes(FileWithEntry("k", Seven)).ok());
}

// An error with the file's name, or a file whose tensors can all be read.
void ExpectErrorOrSense(const Bytes& bytes) {
  const auto file = OpenBytes(bytes);
  if (!file.ok()) {
    EXPECT_TRUE(absl::IsInvalidArgument(file.status())) << file.status();
    EXPECT_THAT(std::string(file.status().message()),
                ::testing::MatchesRegex("f: [^\n]+: [^\n]+"));
    return;
  }
  for (const TensorInfo& tensor : file->tensors) {
    EXPECT_LE(tensor.offset, bytes.size());
    EXPECT_LE(tensor.bytes, bytes.size() - tensor.offset);
    EXPECT_TRUE(!tensor.layout.empty() ||
                tensor.rows() * RowBytes(tensor.dtype, tensor.cols()) ==
                    tensor.bytes);
  }
  for (const Metadata::Entry& entry : file->metadata.entries())
    EXPECT_FALSE(ToString(entry.value).empty() && entry.key.empty());
}

TEST(HostileFile, CutAtEveryByte) {
  const Bytes good = SmallFile();
  ASSERT_TRUE(OpenBytes(good).ok());
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(OpenBytes(Cut(good, size)).ok()) << size;
    ExpectErrorOrSense(Cut(good, size));
  }
}

TEST(HostileFile, EveryChangedByteOfTheManifestIsNoticed) {
  const Bytes good = SmallFile();
  for (size_t at = 0; at < ManifestBytes(good) + kChecksumBytes; ++at) {
    Bytes bad = good;
    bad[at] ^= std::byte{0x40};
    EXPECT_FALSE(OpenBytes(bad).ok()) << at;
    ExpectErrorOrSense(bad);
  }
}

// With the right checksum, so that the rest has to stand on its own.
TEST(HostileFile, EveryWordReplacedByEveryNastyNumber) {
  const Bytes good = SmallFile();
  for (size_t at = 0; at + 8 <= ManifestBytes(good); ++at) {
    for (const uint64_t number :
         {uint64_t{0}, uint64_t{1}, uint64_t{1} << 31, uint64_t{1} << 32,
          uint64_t{1} << 62, kTwo63, kMax}) {
      for (const size_t width : {size_t{2}, size_t{4}, size_t{8}}) {
        Bytes bad = good;
        std::memcpy(&bad[at], &number, width);
        ExpectErrorOrSense(Sealed(std::move(bad)));
      }
    }
  }
}

TEST(HostileFile, AThousandRandomMutations) {
  const Bytes good = SmallFile();
  std::mt19937_64 random(20240125);
  int opened = 0;
  for (int i = 0; i < 1000; ++i) {
    Bytes bytes = good;
    for (uint64_t n = 1 + random() % 4; n > 0; --n)
      bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    bytes = Sealed(std::move(bytes));
    ExpectErrorOrSense(bytes);
    opened += OpenBytes(bytes).ok();
  }
  EXPECT_GT(opened, 100);
  EXPECT_LT(opened, 900);
}

}  // namespace
}  // namespace tenon::tnn
