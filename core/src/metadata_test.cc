#include "tenon/metadata.h"

#include <cstring>
#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tenon {
namespace {

using Element = NumberArray::Element;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Bytes of numbers, kept at an odd address.
template <typename T>
class Packed {
 public:
  explicit Packed(std::vector<T> values)
      : bytes_(1 + values.size() * sizeof(T)) {
    std::memcpy(bytes_.data() + 1, values.data(), bytes_.size() - 1);
  }
  NumberArray As(Element element) const {
    return {element, sizeof(T), std::span(bytes_).subspan(1)};
  }

 private:
  std::vector<std::byte> bytes_;
};

Metadata With(MetaValue value) {
  Metadata metadata;
  EXPECT_TRUE(metadata.Add("k", std::move(value)).ok());
  return metadata;
}

std::string Message(const Status& status) {
  return std::string(status.message());
}

TEST(Metadata, KeepsTheOrderOfTheFile) {
  Metadata metadata;
  ASSERT_TRUE(metadata.Add("z", uint64_t{1}).ok());
  ASSERT_TRUE(metadata.Add("a", true).ok());
  ASSERT_EQ(metadata.entries().size(), 2u);
  EXPECT_EQ(metadata.entries()[0].key, "z");
  EXPECT_EQ(metadata.entries()[1].key, "a");
  EXPECT_TRUE(metadata.Has("a"));
  EXPECT_FALSE(metadata.Has("b"));
}

TEST(Metadata, RefusesAKeyTwice) {
  Metadata metadata = With(uint64_t{1});
  const Status twice = metadata.Add("k", uint64_t{2});
  EXPECT_TRUE(absl::IsInvalidArgument(twice));
  EXPECT_EQ(Message(twice), "'k': the key is there twice");
  EXPECT_EQ(*metadata.U32("k"), 1u);
}

TEST(Metadata, AbsentKeys) {
  const Metadata none;
  EXPECT_TRUE(absl::IsNotFound(none.U32("k").status()));
  EXPECT_TRUE(absl::IsNotFound(none.F64("k").status()));
  EXPECT_TRUE(absl::IsNotFound(none.String("k").status()));
  EXPECT_EQ(Message(none.U32("k").status()), "'k': the file has no such key");
  EXPECT_EQ(*none.U32Or("k", 5), 5u);
  EXPECT_EQ(*none.F64Or("k", 0.5), 0.5);
  EXPECT_EQ(*none.BoolOr("k", true), true);
  EXPECT_EQ(*none.StringOr("k", "x"), "x");
  EXPECT_THAT(*none.Strings("k"), IsEmpty());
  EXPECT_THAT(*none.Floats("k"), IsEmpty());
  EXPECT_THAT(*none.Ints("k"), IsEmpty());
  EXPECT_THAT(*none.PerLayer("k", 3, 7), ElementsAre(7, 7, 7));
}

TEST(Metadata, AnyIntegerTypeServesIfTheValueFits) {
  EXPECT_EQ(*With(uint64_t{0xffffffff}).U32("k"), 0xffffffffu);
  EXPECT_EQ(*With(int64_t{12}).U32Or("k", 1), 12u);
  EXPECT_EQ(Message(With(int64_t{-3}).U32("k").status()),
            "'k': -3 does not fit an unsigned 32-bit integer");
  EXPECT_EQ(Message(With(uint64_t{1} << 32).U32Or("k", 1).status()),
            "'k': 4294967296 does not fit an unsigned 32-bit integer");
}

TEST(Metadata, KindsAreNeverConverted) {
  EXPECT_EQ(Message(With(1.0).U32("k").status()),
            "'k': is a float, not an integer");
  EXPECT_EQ(Message(With(uint64_t{1}).F64("k").status()),
            "'k': is an integer, not a float");
  EXPECT_EQ(Message(With(uint64_t{1}).BoolOr("k", true).status()),
            "'k': is an integer, not a boolean");
  EXPECT_EQ(Message(With(true).U32("k").status()),
            "'k': is a boolean, not an integer");
  EXPECT_EQ(Message(With(true).String("k").status()),
            "'k': is a boolean, not a string");
  EXPECT_EQ(Message(With(std::string_view("1")).F64Or("k", 1).status()),
            "'k': is a string, not a float");
  EXPECT_EQ(Message(With(std::string_view("1")).Strings("k").status()),
            "'k': is a string, not an array of strings");
  const Packed<float> floats({1});
  EXPECT_EQ(Message(With(floats.As(Element::kFloat)).Ints("k").status()),
            "'k': is an array of floats, not an array of integers");
  const Packed<int32_t> ints({1});
  EXPECT_EQ(Message(With(ints.As(Element::kInt)).Floats("k").status()),
            "'k': is an array of integers, not an array of floats");
  EXPECT_TRUE(absl::IsInvalidArgument(With(true).U32("k").status()));
}

TEST(Metadata, Strings) {
  const Metadata metadata = With(std::vector<std::string_view>{"a", "bc"});
  EXPECT_THAT(*metadata.Strings("k"), ElementsAre("a", "bc"));
  EXPECT_EQ(*With(std::string_view("text")).String("k"), "text");
}

TEST(Metadata, FloatsOfEitherWidth) {
  const Packed<float> narrow({0.5f, -2});
  const Packed<double> wide({0.25, 4});
  EXPECT_THAT(*With(narrow.As(Element::kFloat)).Floats("k"),
              ElementsAre(0.5f, -2));
  EXPECT_THAT(*With(wide.As(Element::kFloat)).Floats("k"),
              ElementsAre(0.25f, 4));
}

TEST(Metadata, IntsOfAnyWidth) {
  const Packed<uint8_t> u8({0, 255});
  const Packed<int8_t> i8({-128, 127});
  const Packed<uint16_t> u16({65535});
  const Packed<int16_t> i16({-32768});
  const Packed<int64_t> i64({-5});
  EXPECT_THAT(*With(u8.As(Element::kUint)).Ints("k"), ElementsAre(0, 255));
  EXPECT_THAT(*With(i8.As(Element::kInt)).Ints("k"), ElementsAre(-128, 127));
  EXPECT_THAT(*With(u16.As(Element::kUint)).Ints("k"), ElementsAre(65535));
  EXPECT_THAT(*With(i16.As(Element::kInt)).Ints("k"), ElementsAre(-32768));
  EXPECT_THAT(*With(i64.As(Element::kInt)).Ints("k"), ElementsAre(-5));
}

TEST(Metadata, IntsThatDoNotFit) {
  const Packed<uint32_t> u32({1, 1u << 31});
  EXPECT_EQ(Message(With(u32.As(Element::kUint)).Ints("k").status()),
            "'k': 2147483648 does not fit a signed 32-bit integer");
  const Packed<uint64_t> u64({std::numeric_limits<uint64_t>::max()});
  EXPECT_EQ(Message(With(u64.As(Element::kUint)).Ints("k").status()),
            "'k': 18446744073709551615 does not fit a signed 32-bit integer");
}

TEST(Metadata, PerLayer) {
  EXPECT_THAT(*With(uint64_t{8}).PerLayer("k", 2, 1), ElementsAre(8, 8));
  const Packed<int32_t> three({4, 0, 2});
  const Metadata array = With(three.As(Element::kInt));
  EXPECT_THAT(*array.PerLayer("k", 3, 1), ElementsAre(4, 0, 2));
  EXPECT_EQ(Message(array.PerLayer("k", 4, 1).status()),
            "'k': has 3 elements for 4 layers");
  const Packed<int32_t> negative({-1});
  EXPECT_THAT(
      Message(With(negative.As(Element::kInt)).PerLayer("k", 1, 1).status()),
      HasSubstr("-1 does not fit"));
  const Packed<uint8_t> booleans({1});
  EXPECT_THAT(
      Message(With(booleans.As(Element::kBool)).PerLayer("k", 1, 1).status()),
      HasSubstr("is an array of booleans"));
}

TEST(MetaValueToString, Values) {
  EXPECT_EQ(ToString(uint64_t{128}), "128");
  EXPECT_EQ(ToString(int64_t{-1}), "-1");
  EXPECT_EQ(ToString(static_cast<double>(1e-5f)), "1e-05");
  EXPECT_EQ(ToString(true), "true");
  EXPECT_EQ(ToString(std::string_view("llama")), "llama");
  EXPECT_EQ(ToString(std::vector<std::string_view>{"a", "b"}), "[2 strings]");
  const Packed<float> one({1});
  EXPECT_EQ(ToString(one.As(Element::kFloat)), "[1 float]");
}

TEST(MetaValueToString, StringsAreSafeToPrint) {
  EXPECT_EQ(ToString(std::string_view("a\n\x1b[31m")), "a\\n\\x1b[31m");
  EXPECT_EQ(ToString(std::string_view("abcdef"), 3), "abc...");
  // U+00E9 is two bytes: it stays whole or goes.
  EXPECT_EQ(ToString(std::string_view("a\xc3\xa9z"), 2), "a...");
  EXPECT_EQ(ToString(std::string_view("a\xc3\xa9z"), 3), "a\xc3\xa9...");
}

}  // namespace
}  // namespace tenon
