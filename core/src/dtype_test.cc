#include "tenon/dtype.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tenon {
namespace {

using testing::Optional;

constexpr DType kAll[] = {
#define TENON_DTYPE(name, ...) DType::k##name,
#include "tenon/dtype.inc"
#undef TENON_DTYPE
};

TEST(DType, KnowsItsBlocks) {
  EXPECT_STREQ(Name(DType::kQ6_K), "Q6_K");
  EXPECT_EQ(Info(DType::kQ6_K).gguf_id, 14u);
  EXPECT_EQ(Info(DType::kQ6_K).block_elements, 256u);
  EXPECT_EQ(Info(DType::kQ6_K).block_bytes, 210u);
}

TEST(DType, IsFoundByName) {
  for (const DType dtype : kAll)
    EXPECT_THAT(DTypeFromName(Name(dtype)), Optional(dtype));
  EXPECT_EQ(DTypeFromName("Q4_9"), std::nullopt);
  EXPECT_EQ(DTypeFromName(""), std::nullopt);
}

TEST(DType, IsFoundByGgufId) {
  for (const DType dtype : kAll)
    if (const uint32_t id = Info(dtype).gguf_id; id != kNoGgufId) {
      EXPECT_THAT(DTypeFromGgufId(id), Optional(dtype));
    }
  EXPECT_EQ(DTypeFromGgufId(4), std::nullopt);   // Q4_2, removed
  EXPECT_EQ(DTypeFromGgufId(36), std::nullopt);  // IQ4_NL_4_4, removed
  EXPECT_EQ(DTypeFromGgufId(kNoGgufId), std::nullopt);
}

TEST(DType, NamesAreUnique) {
  std::set<std::string> names;
  for (const DType dtype : kAll) EXPECT_TRUE(names.insert(Name(dtype)).second);
}

TEST(DType, RowsAreWholeBlocks) {
  EXPECT_EQ(RowBytes(DType::kF16, 5), 10u);
  EXPECT_EQ(RowBytes(DType::kQ4_0, 64), 36u);
  EXPECT_EQ(RowBytes(DType::kQ4_K, 512), 288u);
  EXPECT_EQ(RowBytes(DType::kA8, 64), 2 * sizeof(A8Block));
}

}  // namespace
}  // namespace tenon
