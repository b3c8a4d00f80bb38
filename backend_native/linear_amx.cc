// The integer products of several tokens for processors with AMX: sixteen rows
// with sixteen tokens in one instruction.  It takes codes as the layout has
// them, four columns of a row in a lane, and activations where they lie.
#include <immintrin.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <type_traits>

#include "backend_native/kernels.h"
#include "backend_native/operands.h"
#include "backend_native/target.h"

#define TENON_VNNI 1
#define TENON_MOST_ROWS 16
TENON_TARGET_BEGIN(
    "avx2,f16c,avx512f,avx512vl,avx512bw,avx512vnni,amx-tile,amx-int8")
namespace tenon::native::amx {

#include "backend_native/wide_product.inc"

namespace {

#include "backend_native/tiles.inc"

constexpr size_t kFewestTokens = 16;  // with fewer AVX-512 VNNI is faster
constexpr size_t kSpan = 8;           // groups that meet all tokens together

using Floats = RowVector<kRows>::Floats;

// Vector j of group g of two row groups, without the codes' offset.
template <typename Format>
TENON_INLINE Codes CodesOf(const std::byte* block, size_t apart, size_t g,
                           size_t j) noexcept {
  using B = PackedBlock<Format>;
  const StoredCodes<Format, kRows> stored{B::TileHalf(block, g, 0), apart};
  return Codes(stored(j)) - B::kOffset;
}

// The products of a span with a tile of tokens: of blocks of one group.
template <typename Format, bool kSuper = (PackedBlock<Format>::kGroups > 1)>
class SpanProduct {
 public:
  static constexpr size_t kColumns = quant::kGroup;  // of a tile

  // Of two row groups, `apart` from each other.
  void Decode(const std::byte* block, size_t apart, size_t blocks) noexcept {
    for (size_t b = 0; b < blocks; ++b, block += PackedBlock<Format>::kBytes)
      for (size_t j = 0; j < 8; ++j)
        codes_[b][j] = CodesOf<Format>(block, apart, 0, j);
  }

  // Of tokens that lie `stride` blocks apart.
  TENON_INLINE void Multiply(const A8Block* x, size_t stride,
                             size_t blocks) noexcept {
    Fence();
    for (size_t b = 0; b < blocks; ++b) {
      _tile_zero(TENON_SUMS);
      _tile_loadd(TENON_TOKENS, x[b].q, stride * sizeof(A8Block));
      _tile_loadd(TENON_CODES, codes_[b], sizeof(Codes));
      _tile_dpbssd(TENON_SUMS, TENON_TOKENS, TENON_CODES);
      _tile_stored(TENON_SUMS, sums_[b], sizeof(Ints));
    }
    Fence();
  }

  // isum of a block and a token
  TENON_INLINE Ints Isum(size_t b, size_t t) const noexcept {
    return sums_[b][t];
  }

 private:
  Codes codes_[kSpan][8];
  Ints sums_[kSpan][kTokens];
};

// A code times its scale, as low + (high << kShift): what tiles can add up over
// groups of several scales.
typedef int16_t Lanes16 __attribute__((vector_size(64)));
struct ScaledCodes {
  Codes low, high;  // low: without a sign
};

// Codes of four bits are multiplied with the halves of a scale, two at once.
struct ScaleSmallCodes {
  static constexpr int kShift = 4;

  TENON_INLINE static ScaledCodes Run(Codes code, Ints scale) noexcept {
    constexpr int32_t kBoth = 0x10001;
    return {Codes(Lanes16(code) * Lanes16((scale & 15) * kBoth)),
            Codes(Lanes16(code) * Lanes16((scale >> 4) * kBoth))};
  }
};

// The product of others has 16 bits.
struct ScaleLargeCodes {
  static constexpr int kShift = 8;

  TENON_INLINE static ScaledCodes Run(Codes code, Ints scale) noexcept {
    const auto factor = Lanes16((scale & 0xffff) | (scale << 16));
    const auto both = Lanes16(code);
    const Lanes16 even = ((both << 8) >> 8) * factor;
    const Lanes16 odd = (both >> 8) * factor;
    return {Codes((even & 255) | (odd << 8)),
            Codes(((even >> 8) & 255) | (odd & ~255))};
  }
};

// Of one super-block.  What lies between the activations of two groups is
// multiplied with zeros.
template <typename Format>
class SpanProduct<Format, true> {
  using B = PackedBlock<Format>;
  static constexpr bool kSmall =
      B::kMaxCode != simd128::kSigned && B::kMaxCode <= 15 && B::kOffset == 0;
  using Scaling = std::conditional_t<kSmall, ScaleSmallCodes, ScaleLargeCodes>;

 public:
  static constexpr size_t kColumns = 64;  // bytes of blocks of activations

  SpanProduct() noexcept {
    std::memset(low_, 0, sizeof(low_));
    std::memset(high_, 0, sizeof(high_));
  }

  void Decode(const std::byte* block, size_t apart, size_t) noexcept {
    for (size_t g = 0; g < B::kGroups; ++g) {
      const GroupScales<Format, kRows> w(block, apart, g);
      const size_t at = (g * sizeof(A8Block) + offsetof(A8Block, q)) / 4;
      for (size_t j = 0; j < 8; ++j) {
        const Ints scale = w.scale[B::kScales == 1 ? 0 : j / 4];
        const auto [low, high] =
            Scaling::Run(CodesOf<Format>(block, apart, g, j), scale);
        low_[at + j] = low;
        high_[at + j] = high;
      }
    }
  }

  TENON_INLINE void Multiply(const A8Block* x, size_t stride, size_t) noexcept {
    Fence();
    _tile_zero(TENON_SUMS);
    _tile_zero(TENON_HIGH_SUMS);
    for (size_t i = 0; i < kVectors; i += kColumns / 4) {
      _tile_loadd(TENON_TOKENS, reinterpret_cast<const std::byte*>(x) + 4 * i,
                  stride * sizeof(A8Block));
      _tile_loadd(TENON_CODES, low_ + i, sizeof(Codes));
      _tile_dpbsud(TENON_SUMS, TENON_TOKENS, TENON_CODES);
      _tile_loadd(TENON_HIGH_CODES, high_ + i, sizeof(Codes));
      _tile_dpbssd(TENON_HIGH_SUMS, TENON_TOKENS, TENON_HIGH_CODES);
    }
    _tile_stored(TENON_SUMS, low_sums_, sizeof(Ints));
    _tile_stored(TENON_HIGH_SUMS, high_sums_, sizeof(Ints));
    Fence();
  }

  TENON_INLINE Ints Isum(size_t, size_t t) const noexcept {
    return low_sums_[t] + (high_sums_[t] << Scaling::kShift);
  }

 private:
  static constexpr size_t kVectors = B::kGroups * sizeof(A8Block) / 4;
  static_assert(kVectors * 4 % kColumns == 0);

  Codes low_[kVectors], high_[kVectors];
  Ints low_sums_[kTokens], high_sums_[kTokens];
};

template <typename Format>
class Product : Operands<Format> {
  using B = PackedBlock<Format>;
  static constexpr size_t kSpanBlocks = kSpan / B::kGroups;

 public:
  // `sums`: one for each token.
  Product(const KernelArgs& args, const StepContext& ctx, Floats* sums) noexcept
      : Operands<Format>(args, ctx), sums_(sums) {}

  // All tokens, for two row groups.
  void RunPair(size_t group) noexcept {
    const auto columns = this->template Columns<kRows>(group);
    std::fill_n(sums_, this->tokens(), Floats{});
    for (size_t b = 0; b < this->blocks(); b += kSpanBlocks) AddSpan(group, b);
    for (size_t t = 0; t < this->tokens(); ++t)
      Store<kRows>(columns, t, sums_[t]);
  }

 private:
  // The blocks from b on.
  void AddSpan(size_t group, size_t b) noexcept {
    const size_t count = std::min(kSpanBlocks, this->blocks() - b);
    const size_t apart = this->blocks() * B::kBytes;
    const std::byte* block = this->Rows(group) + b * B::kBytes;
    BlockScales<Format, kRows> scales[kSpanBlocks];
    for (size_t i = 0; i < count; ++i)
      scales[i] = {block + i * B::kBytes, apart};
    span_.Decode(block, apart, count);
    for (size_t first = 0; first < this->tokens(); first += kTokens) {
      const A8Block* x = this->X(first) + b * B::kGroups;
      const size_t tokens = std::min(kTokens, this->tokens() - first);
      tiles_.SetTokens(tokens);
      span_.Multiply(x, this->stride(), count);
      for (size_t t = 0; t < tokens; ++t, x += this->stride()) {
        Floats sum = sums_[first + t];
        for (size_t i = 0; i < count; ++i)
          sum = AddBlock(sum, scales[i], span_.Isum(i, t), x + i * B::kGroups);
        sums_[first + t] = sum;
      }
    }
  }

  Floats* sums_;
  SpanProduct<Format> span_;
  Tiles tiles_{SpanProduct<Format>::kColumns};
};

}  // namespace

template <typename Format>
uint64_t LinearInt8Scratch(const KernelArgs&,
                           const ScratchQuery& query) noexcept {
  if (query.max_tokens < kFewestTokens) return 0;
  return query.max_tokens * uint64_t{sizeof(Floats)};
}

template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept {
  if (RowCount(args.out, ctx) >= kFewestTokens) {
    Product<Format> product(args, ctx, reinterpret_cast<Floats*>(scratch));
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
