// Random numbers for tests: the same on every platform.
#ifndef TENON_TESTS_SUPPORT_RANDOM_H_
#define TENON_TESTS_SUPPORT_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tenon/dtype.h"

namespace tenon::testing_support {

// SplitMix64.
class Rng {
 public:
  explicit Rng(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  // In [0, n).
  uint32_t Below(uint32_t n) { return static_cast<uint32_t>(Next() % n); }
  // In [low, high).
  double Uniform(double low, double high) {
    return low + (high - low) * (static_cast<double>(Next() >> 11) * 0x1p-53);
  }

 private:
  uint64_t state_;
};

// About the root mean square of the weights of published models.  Many scales
// of super-blocks are subnormal halves then.
inline constexpr double kWeightRms = 0.02;

// `count` elements stored as `dtype`, with random codes in every field, of
// about the root mean square `rms`.
// REQUIRES: count is a whole number of blocks of a type that has a decoder.
std::vector<std::byte> RandomElements(DType dtype, size_t count, double rms,
                                      Rng& rng);

// Rows of activations, one behind the other: `width` neighbours have the same
// scale, and some scales are zero, with all that they scale.
// REQUIRES: width is a multiple of 32, count one of width.
std::vector<A8Block> RandomA8(size_t count, size_t width, Rng& rng);

// Stores `value`.  REQUIRES: dtype is kF32, kF16 or kBF16 (which truncates).
void PutNumber(DType dtype, float value, std::byte* at);

// What `bytes` stand for.
std::vector<double> Decode(DType dtype, std::span<const std::byte> bytes);

// `count` ids below `vocabulary`.
std::vector<int32_t> RandomTokens(size_t count, uint32_t vocabulary,
                                  uint64_t seed);

}  // namespace tenon::testing_support

#endif  // TENON_TESTS_SUPPORT_RANDOM_H_
