#include "tenon/arena.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace tenon {
namespace {

TEST(AlignedBuffer, IsAlignedAndAsLongAsAskedFor) {
  for (uint64_t bytes : {0, 1, 64, 1000}) {
    const auto buffer = AlignedBuffer::Allocate(bytes, "a test");
    ASSERT_TRUE(buffer.ok()) << buffer.status();
    EXPECT_EQ(buffer->size(), bytes);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer->data()) % kAlignment, 0u);
  }
}

TEST(AlignedBuffer, ForStreamingIsAsLongAsAskedFor) {
  constexpr uint64_t kHugePage = uint64_t{2} << 20;
  for (uint64_t bytes : {uint64_t{0}, uint64_t{1000}, kHugePage - 1,
                         kHugePage + 1, 3 * kHugePage}) {
    auto buffer = AlignedBuffer::AllocateForStreaming(bytes, "a test");
    ASSERT_TRUE(buffer.ok()) << buffer.status();
    ASSERT_EQ(buffer->size(), bytes);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer->data()) % kAlignment, 0u);
    if (bytes > 0) buffer->bytes().back() = std::byte{1};
  }
  EXPECT_EQ(
      AlignedBuffer::AllocateForStreaming(UINT64_MAX, "it").status().message(),
      "out of memory: it needs 18446744073709551615 bytes");
}

// 2^32 and 2^64 - 1 are small numbers, or none, if bits get lost.
TEST(AlignedBuffer, SaysHowMuchTheyWereThatThereIsNoMemoryFor) {
  const auto all = AlignedBuffer::Allocate(UINT64_MAX, "everything");
  EXPECT_EQ(all.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(all.status().message(),
            "out of memory: everything needs 18446744073709551615 bytes");
  EXPECT_FALSE(AlignedBuffer::Allocate(uint64_t{1} << 63, "half").ok());
  if (sizeof(size_t) > 4) return;
  EXPECT_FALSE(AlignedBuffer::Allocate(uint64_t{1} << 31, "half of it").ok());
  EXPECT_FALSE(AlignedBuffer::Allocate(uint64_t{1} << 32, "all of it").ok());
}

}  // namespace
}  // namespace tenon
