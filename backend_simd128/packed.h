// The packed layout of weights in blocks: rows in groups of eight, so that four
// rows fill the lanes of one accumulator and no sum crosses lanes.
//
//   weight     = row group 0, row group 1, ...   (8 rows each, zeros at the
//   end) row group  = block 0, block 1, ...           (all columns, left to
//   right) block      = as many columns as a block of the format has, of 8
//   rows:
//
//       d      f16 [8]
//       dmin   f16 [8]                  formats with minimums
//       scale  i8  [groups][kScales][8] super-blocks
//       min    i8  [groups][kScales][8] super-blocks with minimums
//       codes  [groups][2]              tiles: rows 0-3, then rows 4-7; codes.h
//
// A kernel reads a row group once from its first byte to its last.
#ifndef BACKEND_SIMD128_PACKED_H_
#define BACKEND_SIMD128_PACKED_H_

#include <cstddef>
#include <cstdint>

#include "backend_simd128/codes.h"
#include "backend_simd128/dot.h"
#include "backend_simd128/simd.h"
#include "tenon/kernel.h"
#include "tenon/quant.h"

namespace tenon::simd128 {

inline constexpr size_t kGroupRows = 8;

// kMaxCode: of a stored code, which is kOffset more than the format's; kSigned
// if it may be negative (dot.h).  kScales: scales of a group of 32, none if
// there is only the block's d.
template <typename WayType, int max_code, int offset, size_t scales>
struct PackedAs {
  using Way = WayType;
  static constexpr int kMaxCode = max_code, kOffset = offset;
  static constexpr size_t kScales = scales;
};

template <typename Format>
struct Packing;
template <>
struct Packing<quant::Q4_0> : PackedAs<Nibbles, 15, 8, 0> {
  static constexpr char kId[] = "q4_0_rows8";
};
template <>
struct Packing<quant::Q4_1> : PackedAs<Nibbles, 15, 0, 0> {
  static constexpr char kId[] = "q4_1_rows8";
};
template <>
struct Packing<quant::Q5_0> : PackedAs<Joined<Nibbles, Bits<4>>, 31, 16, 0> {
  static constexpr char kId[] = "q5_0_rows8";
};
template <>
struct Packing<quant::Q5_1> : PackedAs<Joined<Nibbles, Bits<4>>, 31, 0, 0> {
  static constexpr char kId[] = "q5_1_rows8";
};
template <>
struct Packing<quant::Q8_0> : PackedAs<Bytes, kSigned, 0, 0> {
  static constexpr char kId[] = "q8_0_rows8";
};
template <>
struct Packing<quant::Q2_K> : PackedAs<Crumbs, 3, 0, 2> {
  static constexpr char kId[] = "q2_k_rows8";
};
template <>
struct Packing<quant::Q3_K> : PackedAs<Joined<Crumbs, Bits<2>>, 7, 4, 2> {
  static constexpr char kId[] = "q3_k_rows8";
};
template <>
struct Packing<quant::Q4_K> : PackedAs<Nibbles, 15, 0, 1> {
  static constexpr char kId[] = "q4_k_rows8";
};
template <>
struct Packing<quant::Q5_K> : PackedAs<Joined<Nibbles, Bits<4>>, 31, 0, 1> {
  static constexpr char kId[] = "q5_k_rows8";
};
template <>
struct Packing<quant::Q6_K> : PackedAs<SixBits, 63, 32, 2> {
  static constexpr char kId[] = "q6_k_rows8_six_bits";
};
template <>
struct Packing<quant::IQ4_NL> : PackedAs<Iq4Nibbles, kSigned, 0, 0> {
  static constexpr char kId[] = "iq4_nl_rows8";
};
template <>
struct Packing<quant::IQ4_XS> : PackedAs<Iq4Nibbles, kSigned, 0, 1> {
  static constexpr char kId[] = "iq4_xs_rows8";
};

// Where the parts of a block are.
template <typename Format>
struct PackedBlock : Packing<Format> {
  using P = Packing<Format>;
  static constexpr size_t kGroups = Format::kGroups;
  static constexpr bool kHasMin = Format::kHasMin;
  static constexpr size_t kMins = kHasMin ? P::kScales : 0;

  static constexpr size_t kMinScaleAt = 2 * kGroupRows;  // of dmin
  static constexpr size_t kScalesAt = kMinScaleAt * (kHasMin ? 2 : 1);
  static constexpr size_t kMinsAt =
      kScalesAt + kGroups * P::kScales * kGroupRows;
  static constexpr size_t kCodesAt = kMinsAt + kGroups * kMins * kGroupRows;
  static constexpr size_t kTileBytes = 2 * P::Way::kBytes;
  static constexpr size_t kBytes = kCodesAt + kGroups * kTileBytes;
  static_assert(kBytes % sizeof(v128_t) == 0);

  // Size: of 64 bits where the weight may not fit into the address space.
  template <typename Size>
  static Size BlocksOf(Size cols) noexcept {
    return cols / (quant::kGroup * kGroups);
  }
  template <typename Size>
  static Size RowGroupBytes(Size cols) noexcept {
    return BlocksOf(cols) * kBytes;
  }
  // The codes of rows 4 * quad ... of group g.
  static const std::byte* TileHalf(const std::byte* block, size_t g,
                                   size_t quad) noexcept {
    return block + kCodesAt + g * kTileBytes + quad * P::Way::kBytes;
  }
};

template <typename Size>
Size RowGroupsOf(Size rows) noexcept {
  return (rows + kGroupRows - 1) / kGroupRows;
}

// pack.cc
template <typename Format>
uint64_t PackedBytes(DType dtype, uint64_t rows, uint64_t cols) noexcept;
template <typename Format>
void Pack(DType dtype, size_t rows, size_t cols, size_t first, size_t count,
          const std::byte* source, std::byte* packed) noexcept;

// unpack.cc
template <typename Format>
uint64_t GroupBytes(DType dtype, uint64_t cols) noexcept;
template <typename Format>
void Unpack(DType dtype, size_t cols, size_t count, const std::byte* packed,
            std::byte* rows) noexcept;

template <typename Format>
inline constexpr PackedLayout kRows8{
    .id = Packing<Format>::kId,
    .bytes = PackedBytes<Format>,
    .pack = Pack<Format>,
    .row_group = kGroupRows,
    .group_bytes = GroupBytes<Format>,
    .unpack = Unpack<Format>,
};

}  // namespace tenon::simd128

#endif  // BACKEND_SIMD128_PACKED_H_
