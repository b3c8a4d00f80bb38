#include "support/random.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace tenon::testing_support {
namespace {

// An f16 field of a block: where it is, and its value where the decoded
// elements are to have a root mean square of about 1.
struct ScaleField {
  DType dtype;
  size_t offset;
  double unit;
};

// Minima are set to cancel the mean of the codes.
constexpr ScaleField kScaleFields[] = {
    {DType::kQ4_0, 0, 0.22},     {DType::kQ4_1, 0, 0.22},
    {DType::kQ4_1, 2, -1.6},     {DType::kQ5_0, 0, 0.11},
    {DType::kQ5_1, 0, 0.11},     {DType::kQ5_1, 2, -1.7},
    {DType::kQ8_0, 0, 0.0135},   {DType::kQ2_K, 80, 0.066},
    {DType::kQ2_K, 82, 0.1},     {DType::kQ3_K, 108, 0.024},
    {DType::kQ4_K, 0, 0.0036},   {DType::kQ4_K, 2, 0.027},
    {DType::kQ5_K, 0, 0.0018},   {DType::kQ5_K, 2, 0.028},
    {DType::kQ6_K, 208, 7.4e-4}, {DType::kIQ4_NL, 0, 0.0145},
    {DType::kIQ4_XS, 0, 7.8e-4},
};

void Put16(std::byte* at, uint16_t bits) { std::memcpy(at, &bits, 2); }

}  // namespace

void PutNumber(DType dtype, float value, std::byte* at) {
  if (dtype == DType::kF16) return Put16(at, FloatToHalf(value));
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  if (dtype == DType::kBF16)
    return Put16(at, static_cast<uint16_t>(bits >> 16));
  std::memcpy(at, &bits, 4);
}

std::vector<A8Block> RandomA8(size_t count, size_t width, Rng& rng) {
  std::vector<A8Block> blocks(count / 32);
  float scale = 0;
  for (size_t b = 0; b < blocks.size(); ++b) {
    if (b % (width / 32) == 0)
      scale = rng.Below(8) == 0 ? 0.0f
                                : static_cast<float>(rng.Uniform(0.001, 0.05));
    A8Block& block = blocks[b] = {scale, {0, 0}, {}};
    for (size_t i = 0; scale != 0 && i < 32; ++i) {
      block.q[i] = static_cast<int8_t>(static_cast<int>(rng.Below(255)) - 127);
      block.sum[i / 16] = static_cast<int16_t>(block.sum[i / 16] + block.q[i]);
    }
  }
  return blocks;
}

std::vector<std::byte> RandomElements(DType dtype, size_t count, double rms,
                                      Rng& rng) {
  std::vector<std::byte> bytes(RowBytes(dtype, count));
  const size_t block = Info(dtype).block_bytes;
  if (Info(dtype).block_elements == 1) {
    const double limit = rms * std::sqrt(3.0);
    for (size_t at = 0; at < bytes.size(); at += block)
      PutNumber(dtype, static_cast<float>(rng.Uniform(-limit, limit)),
                &bytes[at]);
    return bytes;
  }
  for (std::byte& b : bytes) b = static_cast<std::byte>(rng.Next() >> 56);
  for (size_t at = 0; at < bytes.size(); at += block) {
    const double size = rms * rng.Uniform(0.5, 1.4);
    for (const ScaleField& f : kScaleFields)
      if (f.dtype == dtype)
        Put16(&bytes[at + f.offset],
              FloatToHalf(static_cast<float>(f.unit * size)));
  }
  return bytes;
}

std::vector<double> Decode(DType dtype, std::span<const std::byte> bytes) {
  const DTypeInfo& info = Info(dtype);
  const size_t blocks = bytes.size() / info.block_bytes;
  std::vector<float> floats(blocks * info.block_elements);
  info.decode(bytes.data(), blocks, floats.data());
  return {floats.begin(), floats.end()};
}

std::vector<int32_t> RandomTokens(size_t count, uint32_t vocabulary,
                                  uint64_t seed) {
  Rng rng(seed);
  std::vector<int32_t> tokens;
  while (tokens.size() < count)
    tokens.push_back(static_cast<int32_t>(rng.Below(vocabulary)));
  return tokens;
}

}  // namespace tenon::testing_support
