// Tests only: one LinearAdd with random operands.
#ifndef BACKEND_SIMD128_PRODUCT_TEST_CASE_H_
#define BACKEND_SIMD128_PRODUCT_TEST_CASE_H_

#include <algorithm>

#include "backend_simd128/test_case.h"

namespace tenon::simd128 {

struct Shape {
  uint32_t rows, cols, tokens;
  uint32_t tile_bytes = kNoTileLimit;
};

// Sums of random rows and tokens, with a residual.
class Product {
 public:
  Product(DType weight, DType activation, const Shape& shape)
      : weight_(weight), activation_(activation), shape_(shape) {
    Rng rng(shape.rows * 1000 + shape.tokens);
    const size_t elements = size_t{shape.tokens} * shape.cols;
    source_ =
        testing_support::RandomElements(weight, size_t{shape.rows} * shape.cols,
                                        testing_support::kWeightRms, rng);
    x_ = RandomInput(elements, rng);
    residual_ = testing_support::RandomElements(
        DType::kF32, size_t{shape.tokens} * shape.rows, 1, rng);
  }

  std::vector<std::byte> Run(const Plugin& plugin, bool packed) const {
    const KernelEntry* entry =
        FindKernel(plugin, OpKind::kLinearAdd, weight_, activation_, packed);
    EXPECT_NE(entry, nullptr);
    return entry == nullptr ? std::vector<std::byte>() : Run(*entry);
  }

  std::vector<std::byte> Run(const KernelEntry& entry) const {
    if (entry.layout == nullptr) return RunWith(entry, source_.data());
    PackedWeight weight(*entry.layout, weight_, shape_.rows, shape_.cols,
                        source_);
    return RunWith(entry, weight.data());
  }

 private:
  std::vector<std::byte> RandomInput(size_t elements, Rng& rng) const {
    if (activation_ != DType::kA8)
      return testing_support::RandomElements(DType::kF32, elements, 1, rng);
    const auto blocks =
        testing_support::RandomA8(elements, Info(weight_).block_elements, rng);
    const auto bytes = std::as_bytes(std::span(blocks));
    return {bytes.begin(), bytes.end()};
  }

  std::vector<std::byte> RunWith(const KernelEntry& entry,
                                 const std::byte* weight) const {
    const size_t outputs = size_t{shape_.tokens} * shape_.rows * sizeof(float);
    AlignedBytes arena(x_.size() + 2 * outputs);
    std::memcpy(arena.data(), x_.data(), x_.size());
    std::memcpy(arena.data() + x_.size(), residual_.data(), outputs);
    const size_t row_bytes = shape_.rows * sizeof(float);
    KernelArgs args;
    args.in[0] = {0, RowBytes(activation_, shape_.cols), shape_.cols,
                  Rows::kTokens, activation_};
    args.in[1] = {x_.size(), row_bytes, shape_.rows};
    args.out = {x_.size() + outputs, row_bytes, shape_.rows};
    args.weight[0] = {weight, RowBytes(weight_, shape_.cols), shape_.rows,
                      shape_.cols, weight_};
    const StepContext ctx{.tokens = shape_.tokens,
                          .outputs = 1,
                          .position = 0,
                          .token_ids = nullptr,
                          .activations = arena.data(),
                          .states = nullptr,
                          .tile_bytes = shape_.tile_bytes};
    AlignedBytes scratch(entry.scratch == nullptr
                             ? 1
                             : entry.scratch(args, {shape_.tokens, 64}));
    constexpr uint32_t kPiece = 5;  // items, more than some outputs have
    const uint32_t items = entry.items(args, ctx);
    for (uint32_t i = 0; i < items; i += kPiece)
      entry.run(args, ctx, {i, std::min(i + kPiece, items)}, scratch.data());
    const std::byte* out = arena.data() + args.out.offset;
    return {out, out + outputs};
  }

  DType weight_, activation_;
  Shape shape_;
  std::vector<std::byte> source_, x_, residual_;
};

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_PRODUCT_TEST_CASE_H_
