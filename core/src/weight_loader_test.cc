#include "src/weight_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "src/fake_model.h"
#include "tenon/backend.h"

namespace tenon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Groups of kGroup rows, their bytes flipped by kFlip; rows that do not exist
// are zeros, and the whole is aligned up.
template <uint32_t kGroup, int kFlip>
struct Flipped {
  static uint64_t GroupBytes(DType dtype, uint64_t cols) noexcept {
    return kGroup * RowBytes(dtype, cols);
  }
  static uint64_t Bytes(DType dtype, uint64_t rows, uint64_t cols) noexcept {
    return AlignUp((rows + kGroup - 1) / kGroup * GroupBytes(dtype, cols));
  }
  static void Pack(DType dtype, size_t, size_t cols, size_t first, size_t count,
                   const std::byte* source, std::byte* packed) noexcept {
    Unpack(dtype, cols, count, source, packed + first * RowBytes(dtype, cols));
  }
  static void Unpack(DType dtype, size_t cols, size_t count,
                     const std::byte* packed, std::byte* rows) noexcept {
    for (size_t i = 0; i < count * RowBytes(dtype, cols); ++i)
      rows[i] = packed[i] ^ std::byte{kFlip};
  }
};
using Ones = Flipped<2, 1>;
using Twos = Flipped<3, 2>;
constexpr PackedLayout kOnes{"ones", Ones::Bytes,      Ones::Pack,
                             2,      Ones::GroupBytes, Ones::Unpack};
constexpr PackedLayout kTwos{"twos", Twos::Bytes,      Twos::Pack,
                             3,      Twos::GroupBytes, Twos::Unpack};
constexpr PackedLayout kOneWay{"one_way", Ones::Bytes, Ones::Pack, 2};

constexpr KernelEntry kLayouts[] = {
    {OpKind::kHead, DType::kI8, DType::kF32, nullptr, nullptr, "a", nullptr,
     nullptr, &kOnes},
    {OpKind::kHead, DType::kI8, DType::kF32, nullptr, nullptr, "b", nullptr,
     nullptr, &kTwos},
    {OpKind::kHead, DType::kI8, DType::kF32, nullptr, nullptr, "c", nullptr,
     nullptr, &kOneWay}};
constexpr Backend kLayoutsBackend{kLayouts};
constexpr Plugin kBackendLayouts{"backend_layouts", "", &kLayoutsBackend};

// A tensor [rows, 3] of bytes 0, 1, 2, ... as it is stored in `layout`, behind
// 64 other bytes.
class Stored {
 public:
  Stored(uint64_t rows, const PackedLayout* layout) : rows_(rows) {
    const std::vector<std::byte> canonical = Canonical();
    const uint64_t bytes =
        layout ? layout->bytes(DType::kI8, rows, 3) : canonical.size();
    buffer_ = *AlignedBuffer::Allocate(kAlignment + bytes, "a test");
    std::memset(buffer_.data(), 0xaa, buffer_.size());
    if (layout)
      layout->pack(DType::kI8, rows, 3, 0, rows, canonical.data(), begin());
    else
      std::ranges::copy(canonical, begin());
    graph_.weights.push_back({"w", DType::kI8, static_cast<uint32_t>(rows), 3});
    tensor_ = Tensor("w", rows, 3, DType::kI8);
    tensor_.offset = kAlignment;
    tensor_.bytes = bytes;
    if (layout) tensor_.layout = layout->id;
  }

  TensorInfo& tensor() { return tensor_; }
  std::byte* begin() { return buffer_.data() + kAlignment; }
  std::vector<std::byte> Canonical() const {
    std::vector<std::byte> bytes(rows_ * 3);
    for (size_t i = 0; i < bytes.size(); ++i)
      bytes[i] = static_cast<std::byte>(i % 251);
    return bytes;
  }

  ModelFile File(bool mapped) {
    ModelFile file;
    auto source = FromMemory("w.bin", buffer_.bytes());
    if (!mapped) source = std::make_unique<Unmapped>(std::move(source));
    file.sources.push_back(std::move(source));
    file.tensors = {tensor_};
    return file;
  }
  StatusOr<std::vector<WeightPart>> Parts(const ModelFile& file,
                                          const PackedLayout* wanted) const {
    return WeightParts(Plugins({&kBackendLayouts}), file, graph_, {&wanted, 1});
  }
  // As `wanted`, then unpacked; how many buffers that took goes to owned.
  StatusOr<std::vector<std::byte>> Load(const PackedLayout* wanted, bool mapped,
                                        size_t* owned = nullptr) {
    const ModelFile file = File(mapped);
    TENON_ASSIGN_OR_RETURN(auto parts, Parts(file, wanted));
    WeightLoader loader(file, std::move(parts));
    for (;;) {
      TENON_ASSIGN_OR_RETURN(const auto request, loader.Next());
      if (!request) break;
      TENON_RETURN_IF_ERROR(
          file.sources[0]->Read(request->offset, request->into));
      TENON_RETURN_IF_ERROR(loader.Written());
    }
    EXPECT_EQ(loader.done(), loader.total());
    const LoadedWeights loaded = loader.Take();
    if (owned) *owned = loaded.owned.size();
    std::vector<std::byte> rows(rows_ * 3);
    if (wanted)
      wanted->unpack(DType::kI8, 3, rows_, loaded.data[0], rows.data());
    else
      std::memcpy(rows.data(), loaded.data[0], rows.size());
    return rows;
  }

 private:
  uint64_t rows_;
  AlignedBuffer buffer_;
  Graph graph_;
  TensorInfo tensor_;
};

// Of one group, of some that end within a group, and of several blocks.
TEST(WeightLoader, BringsEveryLayoutToEveryOther) {
  for (const uint64_t rows : {1u, 7u, 1'500'001u})
    for (const PackedLayout* from :
         {(const PackedLayout*)nullptr, &kOnes, &kTwos})
      for (const PackedLayout* to :
           {(const PackedLayout*)nullptr, &kOnes, &kTwos})
        for (const bool mapped : {false, true}) {
          if (mapped && rows > 7) continue;  // takes long, and no other way
          Stored stored(rows, from);
          const auto loaded = stored.Load(to, mapped);
          ASSERT_TRUE(loaded.ok()) << loaded.status();
          EXPECT_TRUE(*loaded == stored.Canonical())
              << rows << " rows, " << (from ? from->id : "rows") << " to "
              << (to ? to->id : "rows");
        }
}

TEST(WeightLoader, UsesWhatIsStoredAsWantedWhereItLies) {
  for (const PackedLayout* layout : {(const PackedLayout*)nullptr, &kOnes}) {
    Stored stored(7, layout);
    size_t owned = 99;
    ASSERT_TRUE(stored.Load(layout, /*mapped=*/true, &owned).ok());
    EXPECT_EQ(owned, 0u);
    ASSERT_TRUE(stored.Load(layout, /*mapped=*/false, &owned).ok());
    EXPECT_EQ(owned, 1u);
  }
}

// A small weight and one that has to be repacked, both of rows.
TEST(WeightLoader, UsesNothingWhereItLiesIfThatIsTheLesserPart) {
  for (const uint64_t small_rows : {7u, 6u}) {
    Stored stored(7, nullptr);
    const ModelFile file = stored.File(/*mapped=*/true);
    TensorInfo small = stored.tensor();
    small.bytes = small_rows * 3;
    WeightLoader loader(file, {{&stored.tensor(), nullptr, &kOnes, 0},
                               {&small, nullptr, nullptr, 1}});
    size_t requests = 0;
    for (; *loader.Next(); ++requests) ASSERT_TRUE(loader.Written().ok());
    EXPECT_EQ(requests, small_rows < 7 ? 2u : 1u);
  }
}

TEST(WeightLoader, AsksForStoredBytesStraightIntoTheirPlace) {
  Stored stored(1'500'001, &kOnes);
  const ModelFile file = stored.File(/*mapped=*/false);
  WeightLoader loader(file, *stored.Parts(file, &kOnes));
  const std::byte* next = nullptr;
  for (uint64_t offset = kAlignment;;) {
    const auto request = *loader.Next();
    if (!request) break;
    EXPECT_EQ(request->offset, offset);
    EXPECT_TRUE(next == nullptr || request->into.data() == next);
    offset += request->into.size();
    next = request->into.data() + request->into.size();
    ASSERT_TRUE(loader.Written().ok());
  }
  EXPECT_EQ(next, loader.Take().data[0] + stored.tensor().bytes);
}

TEST(WeightLoader, ChecksWhatItReads) {
  for (const PackedLayout* wanted : {&kOnes, &kTwos}) {
    Stored stored(7, &kOnes);
    stored.tensor().checksum = 0x01234567;
    EXPECT_THAT(
        stored.Load(wanted, /*mapped=*/false).status().message(),
        HasSubstr("tensor 'w': its bytes were changed: their checksum is "));
  }
  Stored digits(3, nullptr);
  std::memcpy(digits.begin(), "123456789", 9);
  digits.tensor().checksum = 0x8cb841db40e6ae83;  // of "123456789"
  EXPECT_TRUE(digits.Load(nullptr, /*mapped=*/false).ok());
  EXPECT_EQ(*VerifyChecksums(digits.File(true), {}), 1u);
  *digits.begin() = std::byte{'2'};
  EXPECT_EQ(digits.Load(nullptr, false).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(VerifyChecksums(digits.File(true), {}).status().message(),
              HasSubstr("w.bin: tensor 'w': its bytes were changed"));
}

TEST(WeightParts, RefuseWhatCannotBeBroughtOver) {
  const auto error = [](Stored& stored, const PackedLayout* wanted) {
    return stored.Load(wanted, /*mapped=*/true).status();
  };
  Stored one_way(7, &kOneWay);
  EXPECT_EQ(error(one_way, &kTwos).code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(error(one_way, &kTwos).message(),
            "tensor 'w' is I8 stored as 'one_way', which cannot be turned into "
            "'twos' as these backends want it");
  EXPECT_TRUE(error(one_way, nullptr).code() ==
              absl::StatusCode::kUnimplemented);

  Stored unknown(7, &kOnes);
  unknown.tensor().layout = "threes";
  EXPECT_EQ(error(unknown, &kOnes).code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(error(unknown, &kOnes).message()),
              HasSubstr("tensor 'w' is I8 stored as 'threes', a layout that no "
                        "backend here has for this type"));

  // No backend packs 16-bit integers so: the bytes would be misread.
  Stored other_type(7, &kOnes);
  other_type.tensor().dtype = DType::kI16;
  EXPECT_EQ(error(other_type, &kOnes).code(), absl::StatusCode::kUnimplemented);
}

TEST(WeightParts, RefuseAnotherSizeThanTheShapeTakes) {
  Stored stored(7, &kOnes);
  stored.tensor().bytes -= 1;
  const Status status = stored.Load(&kOnes, /*mapped=*/true).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(
      status.message(),
      "tensor 'w' is I8 stored as 'ones' in 63 bytes, but its shape takes "
      "64");
}

}  // namespace
}  // namespace tenon
