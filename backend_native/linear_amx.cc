// The integer products of several tokens for processors with AMX: sixteen rows
// with sixteen tokens in one instruction.  It takes codes as the layout has
// them, four columns of a row in a lane, and activations where they lie.
#include <immintrin.h>

#include <algorithm>
#include <atomic>
#include <cstring>

#include "backend_native/kernels.h"
#include "backend_native/operands.h"
#include "backend_native/target.h"

#define TENON_VNNI 1
TENON_TARGET_BEGIN(
    "avx2,f16c,avx512f,avx512vl,avx512bw,avx512vnni,amx-tile,amx-int8")
namespace tenon::native::amx {

#include "backend_native/wide_product.inc"

namespace {

constexpr size_t kRows = 16, kTokens = 16;  // of a tile
constexpr size_t kFewestTokens = 16;        // with fewer AVX-512 VNNI is faster
constexpr size_t kSpan = 8;  // groups whose sums are kept at once

using Ints = RowVector<kRows>::Ints;
using Floats = RowVector<kRows>::Floats;
typedef int8_t Codes __attribute__((vector_size(64)));  // 16 rows, 4 columns

// A group is multiplied in as many parts as it has scales.
template <typename Format>
constexpr size_t kParts = std::max<size_t>(1, PackedBlock<Format>::kScales);

// What a call needs: the codes of a row group pair, and the sums of a span.
template <typename Format>
struct Scratch {
  Ints sums[kSpan][kParts<Format>][kTokens];

  // Of a group: 8.
  Codes* codes() noexcept { return reinterpret_cast<Codes*>(this + 1); }

  static uint64_t Bytes(uint64_t cols) noexcept {
    return sizeof(Scratch) + cols / 4 * sizeof(Codes);
  }
};

// The tiles, by their numbers in instructions: sums = tokens * codes
//   sums    [tokens][rows] of 32 bits
//   tokens  [tokens][columns] bytes
//   codes   [columns / 4][rows][4] bytes
#define TENON_SUMS 0
#define TENON_TOKENS 1
#define TENON_CODES 2

// GCC is not told that the instructions for tiles read and write memory.
inline void Fence() noexcept {
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

// The shapes of the tiles, of this thread until the end of the scope.
class Tiles {
 public:
  explicit Tiles(size_t columns) noexcept {
    config_.row_bytes[TENON_SUMS] = kRows * sizeof(int32_t);
    config_.row_bytes[TENON_TOKENS] = static_cast<uint16_t>(columns);
    config_.row_bytes[TENON_CODES] = sizeof(Codes);
    config_.rows[TENON_CODES] = static_cast<uint8_t>(columns / 4);
  }
  Tiles(const Tiles&) = delete;
  Tiles& operator=(const Tiles&) = delete;
  ~Tiles() { _tile_release(); }

  void SetTokens(size_t count) noexcept {
    uint8_t& rows = config_.rows[TENON_SUMS];
    if (rows == count) return;
    rows = config_.rows[TENON_TOKENS] = static_cast<uint8_t>(count);
    Fence();
    _tile_loadconfig(&config_);
  }

 private:
  struct {
    uint8_t palette = 1, reserved[15] = {};
    uint16_t row_bytes[16] = {};
    uint8_t rows[16] = {};
  } config_;
};

// The codes of a row group pair, without their offset.
template <typename Format>
void DecodePair(const std::byte* block, size_t blocks, Codes* codes) noexcept {
  using B = PackedBlock<Format>;
  const size_t apart = blocks * B::kBytes;
  for (size_t b = 0; b < blocks; ++b, block += B::kBytes)
    for (size_t g = 0; g < B::kGroups; ++g) {
      const StoredCodes<Format, kRows> stored{B::TileHalf(block, g, 0), apart};
      for (size_t j = 0; j < 8; ++j) *codes++ = Codes(stored(j)) - B::kOffset;
    }
}

// The sums of `groups` groups from `x` on, of tokens `stride` blocks apart.
template <typename Format>
TENON_INLINE void MultiplyTiles(Scratch<Format>& scratch, const Codes* codes,
                                const A8Block* x, size_t stride,
                                size_t groups) noexcept {
  constexpr size_t kColumns = quant::kGroup / kParts<Format>;
  Fence();
  for (size_t g = 0; g < groups; ++g)
    for (size_t part = 0; part < kParts<Format>; ++part) {
      _tile_zero(TENON_SUMS);
      _tile_loadd(TENON_TOKENS, x[g].q + part * kColumns,
                  stride * sizeof(A8Block));
      _tile_loadd(TENON_CODES, codes, sizeof(Codes));
      _tile_dpbssd(TENON_SUMS, TENON_TOKENS, TENON_CODES);
      _tile_stored(TENON_SUMS, scratch.sums[g][part], sizeof(Ints));
      codes += kColumns / 4;
    }
  Fence();
}

// Adds a span, which is one block or several of one group, to the sums.
template <typename Format>
class Span {
  using B = PackedBlock<Format>;
  static constexpr bool kSuper = B::kGroups > 1;

 public:
  // Columns from block `block` on, of two row groups that lie `apart`.
  TENON_INLINE Span(const std::byte* block, size_t apart,
                    size_t blocks) noexcept
      : blocks_(blocks) {
    for (size_t b = 0; b < blocks; ++b)
      scales_[b] = {block + b * B::kBytes, apart};
    if constexpr (kSuper)
      for (size_t g = 0; g < B::kGroups; ++g) groups_[g] = {block, apart, g};
  }

  TENON_INLINE Floats Add(Floats sum, const Scratch<Format>& scratch, size_t t,
                          const A8Block* x) const noexcept {
    if constexpr (kSuper) return AddBlock(sum, scales_[0], Isum(scratch, t), x);
    for (size_t b = 0; b < blocks_; ++b)
      sum = AddBlock(sum, scales_[b], scratch.sums[b][0][t], x + b);
    return sum;
  }

 private:
  TENON_INLINE Ints Isum(const Scratch<Format>& scratch,
                         size_t t) const noexcept {
    Ints isum{};
    for (size_t g = 0; g < B::kGroups; ++g)
      for (size_t part = 0; part < kParts<Format>; ++part)
        isum += scratch.sums[g][part][t] * groups_[g].scale[part];
    return isum;
  }

  size_t blocks_;
  BlockScales<Format, kRows> scales_[kSuper ? 1 : kSpan];
  GroupScales<Format, kRows> groups_[kSuper ? B::kGroups : 1];
};

template <typename Format>
class Product : Operands<Format> {
  using B = PackedBlock<Format>;
  static constexpr size_t kSpanBlocks = kSpan / B::kGroups;

 public:
  Product(const KernelArgs& args, const StepContext& ctx,
          std::byte* scratch) noexcept
      : Operands<Format>(args, ctx),
        scratch_(*reinterpret_cast<Scratch<Format>*>(scratch)) {}

  // All tokens, for two row groups.
  void RunPair(size_t group) noexcept {
    const auto columns = this->template Columns<kRows>(group);
    const std::byte* rows = this->Rows(group);
    DecodePair<Format>(rows, this->blocks(), scratch_.codes());
    for (size_t first = 0; first < this->tokens(); first += kTokens) {
      const size_t count = std::min(kTokens, this->tokens() - first);
      Floats sums[kTokens] = {};
      tiles_.SetTokens(count);
      Multiply(rows, this->X(first), count, sums);
      for (size_t t = 0; t < count; ++t)
        Store<kRows>(columns, first + t, sums[t]);
    }
  }

 private:
  void Multiply(const std::byte* rows, const A8Block* x, size_t count,
                Floats* sums) noexcept {
    const size_t blocks = this->blocks(), stride = this->stride();
    const Codes* codes = scratch_.codes();
    for (size_t b = 0; b < blocks; b += kSpanBlocks) {
      const size_t n = std::min(kSpanBlocks, blocks - b);
      const size_t groups = n * B::kGroups;
      MultiplyTiles(scratch_, codes, x, stride, groups);
      const Span<Format> span(rows + b * B::kBytes, blocks * B::kBytes, n);
      for (size_t t = 0; t < count; ++t)
        sums[t] = span.Add(sums[t], scratch_, t, x + t * stride);
      codes += 8 * groups;
      x += groups;
    }
  }

  Scratch<Format>& scratch_;
  Tiles tiles_{quant::kGroup / kParts<Format>};
};

}  // namespace

template <typename Format>
uint64_t LinearInt8Scratch(const KernelArgs& args,
                           const ScratchQuery& query) noexcept {
  if (query.max_tokens < kFewestTokens) return 0;
  return Scratch<Format>::Bytes(args.weight[0].cols);
}

template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept {
  if (RowCount(args.out, ctx) >= kFewestTokens) {
    Product<Format> product(args, ctx, scratch);
    for (; range.begin + 2 <= range.end; range.begin += 2)
      product.RunPair(range.begin);
  }
  vnni::LinearInt8<Format>(args, ctx, range, scratch);
}

#define TENON_FLOAT_WEIGHT(W, w)
#define TENON_BLOCK_WEIGHT(W, w)        \
  template Kernel LinearInt8<quant::W>; \
  template ScratchBytes LinearInt8Scratch<quant::W>;
#include "backend_simd128/weights.inc"
#undef TENON_FLOAT_WEIGHT
#undef TENON_BLOCK_WEIGHT

}  // namespace tenon::native::amx
TENON_TARGET_END
