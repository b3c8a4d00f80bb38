// Several tokens by quads (dot.h).  The sums of a tile, eight rows by four
// tokens, stay in registers while the columns of a group pass by: two codes and
// four activations are loaded for eight products.
#ifndef BACKEND_SIMD128_QUAD_TILE_H_
#define BACKEND_SIMD128_QUAD_TILE_H_

#include <algorithm>

#include "backend_simd128/token_block.h"

namespace tenon::simd128 {

inline constexpr size_t kQuadTokens = 4;

// A group of a block, decoded.
template <typename Format>
class QuadGroup {
  using B = PackedBlock<Format>;
  using X = TokenBlock<Format>;

 public:
  TENON_INLINE QuadGroup(const std::byte* block, size_t g) noexcept : g_(g) {
    const GroupScales<Format> scales(block, g);
    for (size_t quad = 0; quad < 2; ++quad) {
      const StoredCodes<Format> stored{B::TileHalf(block, g, quad)};
      for (size_t j = 0; j < 8; ++j)
        codes_[j][quad] = WithoutSign<Format>(stored(j));
      for (size_t part = 0; part < B::kScales; ++part)
        factor_[part][quad] = FactorOf(scales, part, quad);
    }
  }

  // isums[i] += the products with token x[i] of a tile
  TENON_INLINE void AddTo(Rows8* isums, const X* x) const noexcept {
    for (size_t part = 0; part < kParts<Format>; ++part) {
      Rows8 dots[kQuadTokens];
      Dot(part, x, dots);
      for (size_t i = 0; i < kQuadTokens; ++i)
        for (size_t quad = 0; quad < 2; ++quad)
          isums[i].quad[quad] = wasm_i32x4_add(
              isums[i].quad[quad], Scaled(part, quad, dots[i].quad[quad]));
    }
  }

 private:
  // dots = the products of a part of the columns
  TENON_INLINE void Dot(size_t part, const X* x, Rows8* dots) const noexcept {
    for (size_t i = 0; i < kQuadTokens; ++i) {
      const v128_t start = x[i].group[g_].Start(part);
      dots[i] = {{start, start}};
    }
    constexpr size_t kCount = 8 / kParts<Format>;
    const v128_t* q = x->group[g_].q + part * kCount;
    const v128_t* code = codes_[part * kCount];
    constexpr size_t kApart = sizeof(X) / sizeof(v128_t);
    TENON_ROLLED
    for (const v128_t* end = q + kCount; q != end; ++q, code += 2)
      for (size_t i = 0; i < kQuadTokens; ++i)
        for (size_t quad = 0; quad < 2; ++quad)
          dots[i].quad[quad] =
              AddQuads(dots[i].quad[quad], code[quad], q[i * kApart]);
  }

  TENON_INLINE v128_t Scaled(size_t part, size_t quad,
                             v128_t dot) const noexcept {
    if constexpr (B::kScales == 0) return dot;
    return wasm_i32x4_mul(dot, factor_[part][quad]);
  }

  size_t g_;
  v128_t codes_[8][2], factor_[2][2];
};

// What a block does with the integer sums of a tile.
template <typename Format>
class QuadBlock {
 public:
  TENON_INLINE explicit QuadBlock(const std::byte* block) noexcept
      : scales_(block), mins_{{block, 0}, {block, 1}} {}

  // sums[i] += the products with token x[i] of a tile
  TENON_INLINE void AddTo(Rows8* sums, const Rows8* isums,
                          const TokenBlock<Format>* x) const noexcept {
    for (size_t i = 0; i < kQuadTokens; ++i)
      for (size_t quad = 0; quad < 2; ++quad) {
        v128_t& sum = sums[i].quad[quad];
        sum = AddBlock(sum, scales_, quad, isums[i].quad[quad],
                       x[i].Msum(mins_[quad]), x[i].scale);
      }
  }

 private:
  BlockScales<Format> scales_;
  BlockMins<Format> mins_[2];
};

// sums += the products of a block with whole tiles of tokens
template <typename Format>
TENON_INLINE void AddBlockByQuads(const std::byte* block,
                                  const TokenBlock<Format>* x, size_t tokens,
                                  Rows8* sums) noexcept {
  const QuadBlock<Format> whole(block);
  const TokenBlock<Format>* const end = x + tokens;
  if constexpr (PackedBlock<Format>::kGroups == 1) {
    const QuadGroup<Format> group(block, 0);
    TENON_ROLLED
    for (; x != end; x += kQuadTokens, sums += kQuadTokens) {
      Rows8 isums[kQuadTokens] = {};
      group.AddTo(isums, x);
      whole.AddTo(sums, isums, x);
    }
  } else {
    Rows8 isums[kMostTokens];
    std::fill_n(isums, tokens, Rows8{});
    TENON_ROLLED
    for (size_t g = 0; g < PackedBlock<Format>::kGroups; ++g) {
      const QuadGroup<Format> group(block, g);
      Rows8* isum = isums;
      TENON_ROLLED
      for (const auto* t = x; t != end; t += kQuadTokens, isum += kQuadTokens)
        group.AddTo(isum, t);
    }
    const Rows8* isum = isums;
    for (; x != end; x += kQuadTokens, sums += kQuadTokens, isum += kQuadTokens)
      whole.AddTo(sums, isum, x);
  }
}

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_QUAD_TILE_H_
