#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "tenon/dtype.h"

namespace tenon {
namespace {

using testing::ElementsAre;

std::vector<std::byte> FromHex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::vector<std::byte> bytes;
  for (size_t i = 0; i < hex.size(); i += 2)
    bytes.push_back(
        static_cast<std::byte>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  return bytes;
}

std::vector<float> Decode(DType dtype, std::string_view hex) {
  const DTypeInfo& info = Info(dtype);
  const std::vector<std::byte> bytes = FromHex(hex);
  const size_t blocks = bytes.size() / info.block_bytes;
  EXPECT_EQ(bytes.size(), blocks * info.block_bytes);
  std::vector<float> values(blocks * info.block_elements);
  info.decode(bytes.data(), blocks, values.data());
  return values;
}

// Fowler-Noll-Vo over the bits of each value.
uint64_t Hash(const std::vector<float>& values) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const float value : values)
    hash = (hash ^ std::bit_cast<uint32_t>(value)) * 0x100000001b3;
  return hash;
}

// Random blocks with d, dmin and m below 0.05 in magnitude.  The values were
// computed in Python from the formats' published formulas, in double rounded
// to f32 after each operation.
struct Case {
  DType dtype;
  const char* hex;
  std::vector<std::pair<size_t, float>> some;
  uint64_t hash;  // of all values
};
const Case kCases[] = {
    {DType::kQ4_0,
     "43a13472d7fbe17a0129389332e605fba06b",
     {{0, 0x1.50cp-5f}, {17, 0x1.50cp-7f}, {31, 0x1.50cp-6f}},
     0x3afa84c3e6886da5},
    {DType::kQ4_1,
     "a29fbf27ae2d9593ea489e0cbcbaecd82eccff3b",
     {{0, -0x1.2f8p-4f}, {17, 0x1.f7p-7f}, {31, 0x1.02cp-7f}},
     0xb503741a2ab47da5},
    {DType::kQ5_0,
     "ce2784d7f50c72421934dbf048f6753ee9f080cd9df5",
     {{0, -0x1.b51p-2f}, {17, -0x1.76ap-2f}, {31, -0x1.f38p-6f}},
     0x9a399db3443af5a5},
    {DType::kQ5_1,
     "d29cf5298904104ceafab86685f8eefede1194a2ea32e084",
     {{0, -0x1.36bp-4f}, {17, -0x1.8a6p-6f}, {31, 0x1.23p-7f}},
     0x02b6cfe299b9e1a5},
    {DType::kQ8_0,
     "92292088ffbd3163d24ae6072f00e72a657e3d1689b64f02a0fb4572f243942bd551",
     {{0, 0x1.648p+0f}, {17, 0x1.ea3p-1f}, {31, 0x1.c332p+1f}},
     0x992e4eead67c0a25},
    {DType::kQ2_K,
     "9cd2c74c64c00736c7251ab1b40d0df3a79be6a63efeee574e69deacea7723cc1164"
     "581718e760f70a426f46525fc78bd9d428c49c5fb05986edfed493ef5aa6f6e33d8c"
     "306d76022fe8a9d05d0db450b71df81e",
     {{0, 0x1.1e08p-3f},
      {47, 0x1.2318p-5f},
      {133, 0x1.2318p-5f},
      {255, -0x1.5d8cp-4f}},
     0x31ad69dc8a091125},
    {DType::kQ3_K,
     "6d968943338731df57361eb65e36a08d2095a15285832007d283d4071d31780b9e3e"
     "30b3a1e913cea16eecda3dbf80c795b61ddf0c90a9943e98d5a30aaf651c39533e3c"
     "1340b59a0ed940b6d4c4c17ad770405d0ecb824b740b088df5d587a1462d5b1387ae"
     "a21c057cf01d7829",
     {{0, -0x1.b58p-1f},
      {47, 0x1.5888p+1f},
      {133, 0x1.324p+2f},
      {255, 0x1.531p+1f}},
     0x36a1ff01f0ed6b25},
    {DType::kQ4_K,
     "92a357a4af66bfb7ebeaf29f6051d24ef802b5d113582b99be874633096f9d16c9c2"
     "50352b48c7aa859e156153959792b644c66004f5d8b6570f5ba14a530e3b01bf20bc"
     "9a6e4e7f4036a7f83625c3869a3cb2f2ff3d7eb7e9b02a232cfd9f877356a6dda9a5"
     "fccea05a64ed70b2b3d1c36c4fe241dc89a83ca388e3864a8977a9493f8996eacdcc"
     "0ba8d1ac30fd6bd9",
     {{0, -0x1.3526cp+2f},
      {47, 0x1.338p-3f},
      {133, -0x1.4f118p+2f},
      {255, -0x1.07694p+3f}},
     0x08f326aef29d2715},
    {DType::kQ5_K,
     "73a5e6a28142abd4f3f7ad0613703d89a7096bea8dbd286005304fa870ed69579e2b"
     "d544370e8ad6165e76f1aeafb1a2f582faa78012fa440bf6bb81ee65bc8ccc9b6f1b"
     "d22198f72ea6faa2adb85c275983c4366d0eed7b6bdb406c8afa45a6bac8604d4e49"
     "431f118f995b4788b641ea565f1b5f4ed3fa0e9971ba2feed04fa64a14f1031d30b4"
     "83a80e53612ed8dd66577b73fd6cbe51d8d8ebb96b9ee1f62e6c643b28b5503a5868"
     "dd60db0f4a89",
     {{0, 0x1.ebdp-3f},
      {47, -0x1.1f6cp-2f},
      {133, -0x1.5b0abp+4f},
      {255, -0x1.d02fp+4f}},
     0x0f3e1f1cbbe51c31},
    {DType::kQ6_K,
     "04f4eb8bb5f946374971b7e9c118a78228ecefb1328d9713291523e737c5e9f50b4e"
     "a3440d35c82f56820917243dab4e9df17ba4ef7ccc7aa0d615fa7f5ee0603af3c3f7"
     "08ff6fc411ee47967ba088dd0db4553ebc6f2657eacf3836d4cd027d641a865688bf"
     "2b8255126f3be512b6ef1161f618952e56218e68039216f184245579fd1bb474c9ed"
     "2c7c1007d3c52de15b57795466accc8e56ef2f09b026427cf24ca559fd3b4700c22d"
     "fed6adb62a0a81793bc17d9b5b9d050eaf59ea317cf151f4392241029f4bd0810ae3"
     "974dc3022ba9",
     {{0, 0x1.39f44p+5f},
      {47, 0x1.4b656p+5f},
      {133, 0x1.e09fp+5f},
      {255, -0x1.7418p+0f}},
     0xe7017c2c63ace7fb},
    {DType::kIQ4_NL,
     "57a722c58ce0e39880e4d2f097a056340f68",
     {{0, 0x1.309a8p+1f}, {17, -0x1.8503p+0f}, {31, 0x1.42f4p-1f}},
     0x29780a9362d8ace5},
    {DType::kIQ4_XS,
     "d0a673a6543375c541abca6a9bc186b1e77c599a13649956dc40e3c0fe1e9d12ac98"
     "d37392b3b3c77006d7dbc6ba7cc1b60e36786e59fbc9f250de61bf0f2b333b6fcb3f"
     "eab132d578a49f013121ae4debd3323661f8ae5c3f2cb1794ce3ee32d8432e0aedd8"
     "20e2fe1fe5f3b33218d05cdb23827fd937b35605489d84de3473ba26d22a87a3da9f",
     {{0, 0x1.badp+5f},
      {47, -0x1.cbd8p+2f},
      {133, 0x1.badp+3f},
      {255, -0x1.09bp+2f}},
     0x539e565003dffa25},
};

TEST(Decode, AgreesWithAnIndependentDecoder) {
  for (const Case& c : kCases) {
    const std::vector<float> values = Decode(c.dtype, c.hex);
    for (const auto& [i, want] : c.some)
      EXPECT_EQ(values[i], want) << Name(c.dtype) << " " << i;
    EXPECT_EQ(Hash(values), c.hash) << Name(c.dtype);
  }
}

TEST(Decode, TakesSeveralBlocks) {
  for (const Case& c : kCases) {
    const std::string twice = std::string(c.hex) + c.hex;
    const std::vector<float> values = Decode(c.dtype, twice);
    const auto middle =
        values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
    EXPECT_EQ(Hash({values.begin(), middle}), c.hash) << Name(c.dtype);
    EXPECT_EQ(Hash({middle, values.end()}), c.hash) << Name(c.dtype);
  }
}

TEST(Decode, Floats) {
  EXPECT_THAT(Decode(DType::kF32, "0000803f000000c0"), ElementsAre(1, -2));
  EXPECT_THAT(Decode(DType::kF16, "003c00c00100"),
              ElementsAre(1, -2, 0x1p-24f));
  EXPECT_THAT(Decode(DType::kBF16, "803f00c00100"),
              ElementsAre(1, -2, 0x1p-133f));
}

TEST(Decode, Activations) {
  A8Block block{.scale = 0.5f, .sum = {0, 0}, .q = {}};
  block.q[0] = -127;
  block.q[31] = 3;
  std::vector<float> values(32);
  DecodeRow(DType::kA8, reinterpret_cast<const std::byte*>(&block), 32,
            values.data());
  EXPECT_EQ(values[0], -63.5f);
  EXPECT_EQ(values[1], 0.0f);
  EXPECT_EQ(values[31], 1.5f);
}

// The text of a field of one line of JSON.
std::string Field(const std::string& line, const std::string& name) {
  const size_t begin = line.find("\"" + name + "\":\"");
  if (begin == std::string::npos) return "";
  const size_t value = begin + name.size() + 4;
  return line.substr(value, line.find('"', value) - value);
}

// The vectors of a reference decoder, where they are: one per line.
TEST(Decode, AgreesWithSharedVectors) {
  std::ifstream file(TENON_SOURCE_DIR
                     "/../shared/facts/vectors/quant_vectors.json");
  if (!file) GTEST_SKIP() << "no shared vectors here";
  int checked = 0;
  for (std::string line; std::getline(file, line) && line != "\"quant\":[";) {
    const auto dtype = DTypeFromName(Field(line, "type"));
    if (!dtype || Info(*dtype).decode == nullptr) continue;
    const std::vector<std::byte> want = FromHex(Field(line, "f32"));
    const std::vector<float> got = Decode(*dtype, Field(line, "block"));
    ASSERT_EQ(want.size(), got.size() * sizeof(float));
    EXPECT_EQ(std::memcmp(want.data(), got.data(), want.size()), 0) << line;
    ++checked;
  }
  EXPECT_GE(checked, 36);
}

}  // namespace
}  // namespace tenon
