// Several tokens by quads (dot.h).  The sums of a tile, eight rows by four
// tokens, stay in registers while the columns of a group pass by: two codes and
// four activations are loaded for eight products.
#ifndef BACKEND_SIMD128_QUAD_TILE_H_
#define BACKEND_SIMD128_QUAD_TILE_H_

#include <algorithm>

#include "backend_simd128/token_block.h"

namespace tenon::simd128 {

inline constexpr size_t kQuadTokens = 4;

// Row groups that meet a group of columns one after the other, so that its
// tokens come from the first cache.
inline constexpr size_t kQuadRowGroups = 4;

// The codes of a group, decoded.
template <typename Format>
struct QuadCodes {
  v128_t code[8][2];

  TENON_INLINE QuadCodes(const std::byte* block, size_t g) noexcept {
    for (size_t quad = 0; quad < 2; ++quad) {
      const StoredCodes<Format> stored{
          PackedBlock<Format>::TileHalf(block, g, quad)};
      for (size_t j = 0; j < 8; ++j)
        code[j][quad] = WithoutSign<Format>(stored(j));
    }
  }
};

// dots = the products of a part of group g with the tokens of a tile
template <typename Format>
TENON_INLINE void DotTile(const QuadCodes<Format>& codes, size_t part,
                          const TokenBlock<Format>* x, size_t g,
                          Rows8* dots) noexcept {
  for (size_t i = 0; i < kQuadTokens; ++i) {
    const v128_t start = x[i].group(g).Start(part);
    dots[i] = {{start, start}};
  }
  constexpr size_t kCount = 8 / kParts<Format>;
  constexpr size_t kApart = sizeof(*x);
  const int8_t* q = x->q(g) + part * kCount * 4;
  const v128_t* code = codes.code[part * kCount];
  TENON_ROLLED
  for (const int8_t* end = q + kCount * 4; q != end; q += 4, code += 2)
    for (size_t i = 0; i < kQuadTokens; ++i)
      for (size_t quad = 0; quad < 2; ++quad)
        dots[i].quad[quad] = AddQuads(dots[i].quad[quad], code[quad],
                                      wasm_v128_load32_splat(q + i * kApart));
}

// What follows are functions of their own, whose scales come in registers: what
// a caller keeps there would push sums into memory, and scales in memory would
// be loaded for each tile, since sums are stored between them.

// sums += d * the products of a block's only group, for the tiles of tokens
// [x, end).  d0, d1: of rows 0-3 and 4-7
template <typename Format>
TENON_NOINLINE void AddBlockTiles(const QuadCodes<Format>& codes, v128_t d0,
                                  v128_t d1, const TokenBlock<Format>* x,
                                  const TokenBlock<Format>* end,
                                  Rows8* sums) noexcept {
  static_assert(!Format::kHasMin);
  const BlockScales<Format> scales(Rows8{{d0, d1}});
  TENON_ROLLED
  for (; x != end; x += kQuadTokens, sums += kQuadTokens) {
    Rows8 dots[kQuadTokens];
    DotTile(codes, 0, x, 0, dots);
    for (size_t i = 0; i < kQuadTokens; ++i)
      for (size_t quad = 0; quad < 2; ++quad)
        sums[i].quad[quad] = AddBlock(sums[i].quad[quad], scales, quad,
                                      dots[i].quad[quad], Zero(), x[i].scale());
  }
}

// isums += the products of group g, of several, times a factor for each part
template <typename Format>
TENON_NOINLINE void AddGroupTiles(const QuadCodes<Format>& codes, size_t g,
                                  v128_t f00, v128_t f01, v128_t f10,
                                  v128_t f11, const TokenBlock<Format>* x,
                                  const TokenBlock<Format>* end,
                                  Rows8* isums) noexcept {
  const v128_t factor[2][2] = {{f00, f01}, {f10, f11}};
  TENON_ROLLED
  for (; x != end; x += kQuadTokens, isums += kQuadTokens)
    for (size_t part = 0; part < kParts<Format>; ++part) {
      Rows8 dots[kQuadTokens];
      DotTile(codes, part, x, g, dots);
      for (size_t i = 0; i < kQuadTokens; ++i)
        for (size_t quad = 0; quad < 2; ++quad)
          isums[i].quad[quad] = wasm_i32x4_add(
              isums[i].quad[quad],
              wasm_i32x4_mul(dots[i].quad[quad], factor[part][quad]));
    }
}

// sums += what a block of several groups makes of its integer sums
template <typename Format>
TENON_INLINE void AddIntegerSums(const std::byte* block,
                                 const TokenBlock<Format>* x,
                                 const TokenBlock<Format>* end,
                                 const Rows8* isums, Rows8* sums) noexcept {
  const BlockScales<Format> scales(block);
  const BlockMins<Format> mins[2] = {{block, 0}, {block, 1}};
  TENON_ROLLED
  for (; x != end; ++x, ++isums, ++sums)
    for (size_t quad = 0; quad < 2; ++quad)
      sums->quad[quad] =
          AddBlock(sums->quad[quad], scales, quad, isums->quad[quad],
                   x->Msum(mins[quad]), x->scale());
}

// isums[r] = the products of the groups of a block of row group r
template <typename Format>
TENON_INLINE void MultiplyGroups(const std::byte* block, size_t apart,
                                 size_t row_groups, const TokenBlock<Format>* x,
                                 const TokenBlock<Format>* end,
                                 Rows8 (*isums)[kMostTokens]) noexcept {
  constexpr size_t kLast = kParts<Format> - 1;
  TENON_ROLLED
  for (size_t r = 0; r < row_groups; ++r)
    std::fill_n(isums[r], end - x, Rows8{});
  TENON_ROLLED
  for (size_t g = 0; g < PackedBlock<Format>::kGroups; ++g) {
    const std::byte* of_row_group = block;
    TENON_ROLLED
    for (size_t r = 0; r < row_groups; ++r, of_row_group += apart) {
      const GroupScales<Format> w(of_row_group, g);
      AddGroupTiles(QuadCodes<Format>(of_row_group, g), g, FactorOf(w, 0, 0),
                    FactorOf(w, 0, 1), FactorOf(w, kLast, 0),
                    FactorOf(w, kLast, 1), x, end, isums[r]);
    }
  }
}

// sums[r] += the products of a block of row group r with whole tiles of tokens.
// The row groups, at most kQuadRowGroups, lie `apart` bytes from each other.
template <typename Format>
TENON_INLINE void AddBlocksByQuads(const std::byte* block, size_t apart,
                                   size_t row_groups,
                                   const TokenBlock<Format>* x, size_t tokens,
                                   Rows8 (*sums)[kMostTokens]) noexcept {
  const TokenBlock<Format>* const end = x + tokens;
  if constexpr (PackedBlock<Format>::kGroups == 1) {
    TENON_ROLLED
    for (size_t r = 0; r < row_groups; ++r, block += apart) {
      const Rows8 d = BlockScales<Format>(block).d;
      AddBlockTiles(QuadCodes<Format>(block, 0), d.quad[0], d.quad[1], x, end,
                    sums[r]);
    }
  } else {
    Rows8 isums[kQuadRowGroups][kMostTokens];
    MultiplyGroups(block, apart, row_groups, x, end, isums);
    TENON_ROLLED
    for (size_t r = 0; r < row_groups; ++r, block += apart)
      AddIntegerSums(block, x, end, isums[r], sums[r]);
  }
}

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_QUAD_TILE_H_
