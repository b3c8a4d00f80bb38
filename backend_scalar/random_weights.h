// Tests only: weights and activations that look like a model's.
#ifndef BACKEND_SCALAR_RANDOM_WEIGHTS_H_
#define BACKEND_SCALAR_RANDOM_WEIGHTS_H_

#include <random>
#include <vector>

#include "tenon/dtype.h"

namespace tenon::scalar {

inline std::vector<float> RandomFloats(std::mt19937& random, size_t n) {
  std::vector<float> values(n);
  for (float& x : values)
    x = static_cast<float>(random() % 20001) / 10000.0f - 1.0f;
  return values;
}

// Where the halves (d, dmin, m) of a block lie.
inline std::vector<size_t> HalfOffsets(DType dtype) {
  switch (dtype) {
    case DType::kQ4_1:
    case DType::kQ5_1:
    case DType::kQ4_K:
    case DType::kQ5_K:
      return {0, 2};
    case DType::kQ2_K:
      return {80, 82};
    case DType::kQ3_K:
      return {108};
    case DType::kQ6_K:
      return {208};
    default:
      return {0};
  }
}

// Random bytes, with halves of magnitude below one for the block scales.
inline std::vector<std::byte> RandomBlocks(std::mt19937& random, DType dtype,
                                           size_t blocks) {
  const size_t size = Info(dtype).block_bytes;
  std::vector<std::byte> bytes(blocks * size);
  for (std::byte& b : bytes) b = static_cast<std::byte>(random());
  for (size_t block = 0; block < blocks; ++block)
    for (const size_t offset : HalfOffsets(dtype)) {
      const auto half =
          static_cast<uint16_t>(random() % 0x3c00 | (random() & 0x8000));
      bytes[block * size + offset] = static_cast<std::byte>(half);
      bytes[block * size + offset + 1] = static_cast<std::byte>(half >> 8);
    }
  return bytes;
}

inline constexpr DType kBlockTypes[] = {
    DType::kQ4_0, DType::kQ4_1, DType::kQ5_0,   DType::kQ5_1,
    DType::kQ8_0, DType::kQ2_K, DType::kQ3_K,   DType::kQ4_K,
    DType::kQ5_K, DType::kQ6_K, DType::kIQ4_NL, DType::kIQ4_XS};

inline std::vector<float> Decode(DType dtype,
                                 const std::vector<std::byte>& bytes) {
  const DTypeInfo& info = Info(dtype);
  const size_t blocks = bytes.size() / info.block_bytes;
  std::vector<float> values(blocks * info.block_elements);
  info.decode(bytes.data(), blocks, values.data());
  return values;
}

}  // namespace tenon::scalar

#endif  // BACKEND_SCALAR_RANDOM_WEIGHTS_H_
