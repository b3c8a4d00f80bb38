// What a bad file is told.  A name that ends in an id is that of a published
// hole in another reader; the file does what the exploit did.
#include <cstdint>
#include <limits>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "file_gguf/open_for_test.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tenon::gguf {
namespace {

using Bytes = std::vector<std::byte>;
using Strings = std::vector<std::string>;

constexpr uint64_t kTwo63 = uint64_t{1} << 63;
constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

// Where things are in a file whose only entry is the key "k" or the tensor "w".
constexpr size_t kVersion = 4;
constexpr size_t kKey = 24;
constexpr size_t kValue = kKey + 8 + 1 + 4;
constexpr size_t kElements = kValue + 4 + 8;

template <typename... Parts>
Bytes Join(Parts... parts) {
  Bytes bytes;
  (AppendNumber(bytes, parts), ...);
  return bytes;
}

Bytes Poked(Bytes bytes, size_t offset, auto value) {
  Poke(bytes, offset, value);
  return bytes;
}

Bytes Cut(Bytes bytes, size_t size) {
  bytes.resize(size);
  return bytes;
}

// One key "k" with any type and bytes.
Bytes Value(uint32_t type, Bytes value) {
  return GgufWriter().PutRaw("k", type, std::move(value)).Bytes();
}

// One tensor "w" with any entry, and 64 bytes of data.
Bytes Tensor(std::vector<uint64_t> dims, uint32_t type = 0,
             uint64_t offset = 0) {
  return GgufWriter()
      .AddTensorRaw("w", std::move(dims), type, offset)
      .PadBeforeData(64)
      .Bytes();
}

Bytes Alignment(auto value) {
  return GgufWriter().Put("general.alignment", value).Bytes();
}

struct Case {
  const char* name;
  Bytes bytes;
  const char* message;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

std::vector<Case> HeaderCases() {
  const Bytes good = SmallFile().Bytes();
  return {
      {"empty",
       {},
       "f: magic at byte 0: needs 4 bytes, but the file ends 0 bytes further "
       "on"},
      {"magic", Poked(good, 0, 'X'), "f: magic at byte 0: is not \"GGUF\""},
      {"cut_in_the_version", Cut(good, 7),
       "f: version at byte 4: needs 4 bytes, but the file ends 3 bytes further "
       "on"},
      {"version_0", Poked(good, kVersion, uint32_t{0}),
       "f: version at byte 4: 0 is not supported; 2 and 3 are"},
      {"version_1", Poked(good, kVersion, uint32_t{1}),
       "f: version at byte 4: 1 is not supported; 2 and 3 are"},
      {"version_4", Poked(good, kVersion, uint32_t{4}),
       "f: version at byte 4: 4 is not supported; 2 and 3 are"},
      {"big_endian", Poked(good, kVersion, uint32_t{3} << 24),
       "f: version at byte 4: the file is big-endian; only little-endian GGUF "
       "is supported"},
      {"tensor_count_is_negative", GgufWriter().TensorCount(kMax).Bytes(),
       "f: tensor count at byte 8: 18446744073709551615 is too many; at most "
       "65536 are allowed"},
      // sizeof(entry) * count is small, modulo 2^64.
      {"tensor_count_wraps_CVE_2024_21836",
       GgufWriter().TensorCount(kMax / 88 + 2).Bytes(),
       "f: tensor count at byte 8: 209622091746699452 is too many; at most "
       "65536 are allowed"},
      {"key_count_wraps_CVE_2024_23605",
       GgufWriter().KeyCount(kMax / 48 + 2).Bytes(),
       "f: metadata count at byte 16: 384307168202282327 is too many; at most "
       "65536 are allowed"},
      {"tensor_count_beyond_the_file", GgufWriter().TensorCount(1).Bytes(),
       "f: tensor count at byte 8: 1 of at least 33 bytes each do not fit in "
       "the 8 bytes up to the end of the file"},
      {"key_count_beyond_the_file", GgufWriter().KeyCount(1).Bytes(),
       "f: metadata count at byte 16: 1 of at least 14 bytes each do not fit "
       "in the 0 bytes up to the end of the file"},
      {"alignment_0", Alignment(uint32_t{0}),
       "f: metadata 'general.alignment' at byte 24: 0 is not a power of two up "
       "to 1048576"},
      {"alignment_48", Alignment(uint32_t{48}),
       "f: metadata 'general.alignment' at byte 24: 48 is not a power of two "
       "up to 1048576"},
      {"alignment_is_huge_LC26318", Alignment(uint32_t{1} << 31),
       "f: metadata 'general.alignment' at byte 24: 2147483648 is not a power "
       "of two up to "
       "1048576"},
      {"alignment_is_a_string_LC26318", Alignment("32"),
       "f: metadata 'general.alignment' at byte 24: is a string, not an "
       "integer"},
      {"alignment_is_negative", Alignment(int32_t{-32}),
       "f: metadata 'general.alignment' at byte 24: -32 does not fit an "
       "unsigned 32-bit integer"},
  };
}

std::vector<Case> MetadataCases() {
  const Bytes string = Value(8, Join(uint64_t{3}, 'a', 'b', 'c'));
  const Bytes numbers = Value(9, Join(uint32_t{4}, uint64_t{2}, uint64_t{0}));
  return {
      {"key_is_empty_LC24263", GgufWriter().Put("", uint64_t{1}).Bytes(),
       "f: metadata key[0] at byte 24: is empty"},
      {"key_has_a_nul",
       GgufWriter().Put(std::string_view("a\0b", 3), 1.0).Bytes(),
       "f: metadata key[0] at byte 24: has a control character, 0, at index "
       "1"},
      {"key_has_a_control_byte", GgufWriter().Put("a\x7f", 1.0).Bytes(),
       "f: metadata key[0] at byte 24: has a control character, 127, at index "
       "1"},
      {"key_is_too_long",
       GgufWriter().Put(std::string(65537, 'k'), 1.0).Bytes(),
       "f: metadata key[0] at byte 24: is 65537 bytes long; at most 65536 are "
       "allowed"},
      {"key_twice", GgufWriter().Put("k", 1.0).Put("k", 2.0).Bytes(),
       "f: metadata key[1] at byte 45: 'k' is there twice"},
      {"key_length_wraps_CVE_2024_23496", Poked(string, kKey, kMax),
       "f: metadata key[0] at byte 24: is 18446744073709551615 bytes long; at "
       "most 65536 are allowed"},
      {"key_beyond_the_file", Poked(string, kKey, uint64_t{1000}),
       "f: metadata key[0] at byte 32: needs 1000 bytes, but the file ends 16 "
       "bytes further on"},
      {"string_length_wraps_CVE_2024_23496", Poked(string, kValue, kMax),
       "f: metadata 'k' value at byte 37: is 18446744073709551615 bytes long; "
       "at most 67108864 are allowed"},
      {"string_beyond_the_file", Poked(string, kValue, uint64_t{4}),
       "f: metadata 'k' value at byte 45: needs 4 bytes, but the file ends 3 "
       "bytes further on"},
      {"type_13", Value(13, Join(uint64_t{0})),
       "f: metadata 'k' type at byte 33: 13 is not a value type (0 to 12)"},
      {"type_is_negative", Value(0xffffffff, Join(uint64_t{0})),
       "f: metadata 'k' type at byte 33: 4294967295 is not a value type (0 to "
       "12)"},
      {"number_beyond_the_file", Value(10, Join(uint32_t{0})),
       "f: metadata 'k' value at byte 37: needs 8 bytes, but the file ends 4 "
       "bytes further on"},
      {"element_type_13", Value(9, Join(uint32_t{13}, uint64_t{0})),
       "f: metadata 'k' element type at byte 37: 13 is not a value type (0 to "
       "12)"},
      {"array_of_arrays_LC19856", Value(9, Join(uint32_t{9}, uint64_t{1})),
       "f: metadata 'k' element type at byte 37: arrays of arrays are not "
       "supported"},
      {"array_length_wraps_CVE_2024_21825",
       Poked(numbers, kValue + 4, (uint64_t{1} << 62) + 1),
       "f: metadata 'k' array length at byte 41: 4611686018427387905 is too "
       "many; at most 67108864 are allowed"},
      {"array_length_LC27188", Poked(numbers, kValue + 4, kTwo63),
       "f: metadata 'k' array length at byte 41: 9223372036854775808 is too "
       "many; at most 67108864 are allowed"},
      {"array_beyond_the_file_ollama_17042",
       Poked(numbers, kValue + 4, uint64_t{1} << 26),
       "f: metadata 'k' array length at byte 41: 67108864 of at least 4 "
       "bytes each do not fit in the 8 bytes up to the end of the file"},
      {"array_of_one_too_many", Poked(numbers, kValue + 4, uint64_t{3}),
       "f: metadata 'k' array length at byte 41: 3 of at least 4 bytes each do "
       "not fit in the 8 bytes up to the end of the file"},
      {"strings_length_wraps", Value(9, Join(uint32_t{8}, kMax, uint64_t{0})),
       "f: metadata 'k' array length at byte 41: 18446744073709551615 is too "
       "many; at most 16777216 are allowed"},
      {"strings_beyond_the_file",
       Value(9, Join(uint32_t{8}, uint64_t{2}, uint64_t{0})),
       "f: metadata 'k' array length at byte 41: 2 of at least 8 bytes each do "
       "not fit in the 8 bytes up to the end of the file"},
      {"string_of_an_array_beyond_the_file_CVE_2024_23496",
       Poked(GgufWriter().Put("k", Strings{"a", "bc"}).Bytes(), kElements + 9,
             uint64_t{3}),
       "f: metadata 'k' value[1] at byte 66: needs 3 bytes, but the file ends "
       "2 bytes further on"},
  };
}

std::vector<Case> TensorCases() {
  const std::vector<float> eight(8);
  return {
      {"name_is_empty", GgufWriter().AddTensor("", {8}, eight).Bytes(),
       "f: tensor name[0] at byte 24: is empty"},
      {"name_has_a_control_byte",
       GgufWriter().AddTensor("a\nb", {8}, eight).Bytes(),
       "f: tensor name[0] at byte 24: has a control character, 10, at index "
       "1"},
      {"name_is_too_long_CVE_2024_21802_family",
       GgufWriter().AddTensor(std::string(64, 'w'), {8}, eight).Bytes(),
       "f: tensor name[0] at byte 24: is 64 bytes long; at most 63 are "
       "allowed"},
      {"name_twice",
       GgufWriter()
           .AddTensor("w", {8}, eight)
           .AddTensor("w", {8}, eight)
           .Bytes(),
       "f: tensor name at byte 57: 'w' is there twice"},
      {"no_dims", Tensor({}),
       "f: tensor 'w' n_dims at byte 33: 0 is not 1, 2, 3 or 4"},
      {"five_dims_CVE_2024_21802", Tensor({1, 1, 1, 1, 1}),
       "f: tensor 'w' n_dims at byte 33: 5 is not 1, 2, 3 or 4"},
      {"n_dims_is_huge_CVE_2024_21802",
       Poked(Tensor({1}), 33, uint32_t{0xffffffff}),
       "f: tensor 'w' n_dims at byte 33: 4294967295 is not 1, 2, 3 or 4"},
      {"dim_is_0_LC24263", Tensor({8, 0}),
       "f: tensor 'w' dims[1] at byte 45: 0 is not a size"},
      {"dim_is_negative", Tensor({kMax}),
       "f: tensor 'w' dims[0] at byte 37: 18446744073709551615 makes too many "
       "elements: 2^63 or more"},
      {"elements_wrap_GHSA_vgg9_87g3_85w8",
       Tensor({uint64_t{1} << 32, uint64_t{1} << 32}),
       "f: tensor 'w' dims[1] at byte 45: 4294967296 makes too many elements: "
       "2^63 or more"},
      {"elements_are_2_63", Tensor({uint64_t{1} << 62, 2}),
       "f: tensor 'w' dims[1] at byte 45: 2 makes too many elements: 2^63 or "
       "more"},
      // 4 bytes * 2^62 elements is 0, modulo 2^64.
      {"bytes_wrap_CVE_2025_53630", Tensor({uint64_t{1} << 62}),
       "f: tensor 'w' type at byte 45: the shape makes more bytes of F32 than "
       "the 128 of the file"},
      // A bypass of the former: the sum with the offset or padding wraps.
      {"bytes_wrap_with_padding_CVE_2026_27940", Tensor({kTwo63 - 1}, 24),
       "f: tensor 'w' type at byte 45: the shape makes more bytes of I8 than "
       "the 128 of the file"},
      {"type_43", Tensor({256}, 43),
       "f: tensor 'w' type at byte 45: 43 is not a known tensor type"},
      {"type_is_negative_CVE_2024_21802_family", Tensor({256}, 0xffffffff),
       "f: tensor 'w' type at byte 45: 4294967295 is not a known tensor type"},
      {"type_was_removed", Tensor({256}, 4),
       "f: tensor 'w' type at byte 45: 4 is Q4_2, which was removed from GGUF"},
      {"type_is_for_activations", Tensor({256}, 15),
       "f: tensor 'w' type at byte 45: 15 is Q8_K, which is for activations "
       "and never stored"},
      {"type_of_a_fork", Tensor({256}, 36),
       "f: tensor 'w' type at byte 45: 36 is IQ4_NL_4_4, which was removed "
       "from GGUF, or I2_S of BitNet's fork"},
      {"row_is_no_whole_number_of_blocks", Tensor({33}, 8),
       "f: tensor 'w' type at byte 45: rows of 33 elements are no multiple of "
       "32, the block of Q8_0"},
      {"offset_is_unaligned", Tensor({1}, 0, 4),
       "f: tensor 'w' offset at byte 49: 4 is no multiple of the alignment "
       "32"},
      {"data_beyond_the_file_CVE_2026_7482", Tensor({16}, 0, 32),
       "f: tensor 'w' offset at byte 49: 64 bytes at 32 of the data, which "
       "begins at byte 64, end beyond the file's 128"},
      {"offset_beyond_the_file", Tensor({16}, 0, 1024),
       "f: tensor 'w' offset at byte 49: 64 bytes at 1024 of the data, which "
       "begins at byte 64, end beyond the file's 128"},
      {"offset_wraps_CVE_2026_27940", Tensor({16}, 0, kMax - 31),
       "f: tensor 'w' offset at byte 49: 64 bytes at 18446744073709551584 of "
       "the data, which begins at byte 64, end beyond the file's 128"},
      {"no_data_at_all", Cut(Tensor({1}), 57),
       "f: tensor 'w' offset at byte 49: 4 bytes at 0 of the data, which "
       "begins at byte 64, end beyond the file's 57"},
      {"two_share_their_bytes",
       GgufWriter()
           .AddTensorRaw("v", {9}, 0, 0)
           .AddTensorRaw("w", {8}, 0, 32)
           .PadBeforeData(64)
           .Bytes(),
       "f: tensor 'w' offset at byte 82: its bytes overlap those of tensor "
       "'v'"},
      {"two_are_in_one_place",
       GgufWriter()
           .AddTensorRaw("v", {8}, 0, 32)
           .AddTensorRaw("w", {8}, 0, 32)
           .PadBeforeData(64)
           .Bytes(),
       "f: tensor 'w' offset at byte 82: its bytes overlap those of tensor "
       "'v'"},
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
INSTANTIATE_TEST_SUITE_P(Header, BadFile, ::testing::ValuesIn(HeaderCases()),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Metadata, BadFile,
                         ::testing::ValuesIn(MetadataCases()), NameOf);
INSTANTIATE_TEST_SUITE_P(Tensors, BadFile, ::testing::ValuesIn(TensorCases()),
                         NameOf);

// An error that names the file, a field and a byte, or a file whose tensors
// can all be read.
void ExpectErrorOrSense(const Bytes& bytes) {
  const auto file = OpenBytes(bytes);
  if (!file.ok()) {
    EXPECT_TRUE(absl::IsInvalidArgument(file.status())) << file.status();
    EXPECT_THAT(file.status().message(),
                ::testing::ContainsRegex("^f: .* at byte [0-9]+: "));
    return;
  }
  for (const TensorInfo& tensor : file->tensors) {
    EXPECT_LE(tensor.offset, bytes.size());
    EXPECT_LE(tensor.bytes, bytes.size() - tensor.offset);
    EXPECT_EQ(tensor.rows() * RowBytes(tensor.dtype, tensor.cols()),
              tensor.bytes);
  }
  for (const Metadata::Entry& entry : file->metadata.entries()) {
    EXPECT_FALSE(ToString(entry.value).empty() && entry.key.empty());
  }
}

TEST(HostileFile, CutAtEveryByte) {
  const Bytes good = SmallFile().Bytes();
  ASSERT_TRUE(OpenBytes(good).ok());
  for (size_t size = 0; size < good.size(); ++size) {
    const Bytes cut = Cut(good, size);
    EXPECT_FALSE(OpenBytes(cut).ok()) << size;
    ExpectErrorOrSense(cut);
  }
}

TEST(HostileFile, EveryWordReplacedByEveryNastyNumber) {
  const Bytes good = SmallFile().Bytes();
  for (size_t at = 0; at + 8 <= good.size(); ++at) {
    for (const uint64_t number :
         {uint64_t{0}, uint64_t{1}, uint64_t{1} << 31, uint64_t{1} << 32,
          uint64_t{1} << 62, kTwo63, kMax}) {
      ExpectErrorOrSense(Poked(good, at, number));
      ExpectErrorOrSense(Poked(good, at, static_cast<uint32_t>(number)));
    }
  }
}

TEST(HostileFile, EveryCountMadeHuge) {
  const Bytes good = SmallFile().Bytes();
  const size_t array = OffsetAfter(good, "list") + 4 + 4;
  const size_t strings = OffsetAfter(good, "names") + 4 + 4;
  const size_t dims = OffsetAfter(good, "a.weight") + 4;
  for (const size_t count : {size_t{8}, size_t{16}, array, strings, dims}) {
    for (const uint64_t number : {uint64_t{1} << 31, uint64_t{1} << 32,
                                  uint64_t{1} << 62, kTwo63, kMax}) {
      const Bytes bad = Poked(good, count, number);
      EXPECT_FALSE(OpenBytes(bad).ok()) << count << " " << number;
    }
  }
}

TEST(HostileFile, AThousandRandomMutations) {
  const Bytes good = SmallFile().Bytes();
  std::mt19937_64 random(20240125);
  int opened = 0;
  for (int i = 0; i < 1000; ++i) {
    Bytes bytes = good;
    for (uint64_t n = 1 + random() % 4; n > 0; --n) {
      bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    }
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    ExpectErrorOrSense(bytes);
    opened += OpenBytes(bytes).ok();
  }
  // Most bytes are data, so both happen often.
  EXPECT_GT(opened, 100);
  EXPECT_LT(opened, 900);
}

}  // namespace
}  // namespace tenon::gguf
