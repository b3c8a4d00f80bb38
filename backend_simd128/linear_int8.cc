// Matrices of blocks with A8 activations.  One token: the weights are read
// once, as fast as memory gives them.  Several tokens: the codes of four rows
// stay in registers while all tokens pass by.
#include <algorithm>
#include <array>
#include <memory>
#include <type_traits>

#include "backend_simd128/kernels.h"
#include "backend_simd128/linear.h"
#include "backend_simd128/probe.h"
#include "backend_simd128/quad_tile.h"
#include "backend_simd128/token_block.h"

namespace tenon::simd128 {
namespace {

template <typename T, typename... List>
inline constexpr bool kIsOneOf = (std::is_same_v<T, List> || ...);

#if defined(TENON_RELAXED_SIMD)
constexpr bool kIsRelaxed = true;
#else
constexpr bool kIsRelaxed = false;
#endif

// The formats that most files are made of, and where a product takes few
// instructions.
template <typename Format>
inline constexpr bool kIsCommon =
    kIsOneOf<Format, quant::Q4_0, quant::Q5_0, quant::Q8_0, quant::Q4_K,
             quant::Q6_K>;

// Whether a kernel may be larger for speed.
template <typename Format>
inline constexpr bool kMayBeLarge = kIsRelaxed && kIsCommon<Format>;

// The bits of codes that are also multiplied by quads; 0: they are not.  Signed
// ones take many instructions by pairs.
template <typename Format>
inline constexpr int kQuadBits =
    PackedBlock<Format>::kMaxCode == kSigned ? kIsRelaxed * 8
                                             : kMayBeLarge<Format> * 7;

// Tokens of one turn of the innermost loop by pairs.
template <typename Format>
inline constexpr size_t kTurn =
    kMayBeLarge<Format> && kQuadBits<Format> != 8 ? 2 : 1;
static_assert(kMostTokens % kQuadTokens == 0);

// Row groups of an item: what streams and tiles take together.
constexpr uint32_t kItemGroups = 4;
static_assert(kItemGroups % kQuadRowGroups == 0);

// Streams of row groups that one token passes together; the processor asks
// memory ahead for each.
template <typename Format>
inline constexpr uint32_t kStreams = kIsCommon<Format> ? kItemGroups : 1;

// The place in each stream.
template <typename Format>
using Streams = std::array<const std::byte*, kStreams<Format>>;

// sums = the products of the row groups that begin at `block` with the blocks
// of one token.  end: of the weights that the streams pass.
template <By kBy, typename Format>
void MultiplyOne(Streams<Format> block, size_t blocks, const A8Block* x,
                 const std::byte* end, Rows8* sums) noexcept {
  using B = PackedBlock<Format>;
  v128_t sum[kStreams<Format>][2] = {};
  for (size_t b = 0; b < blocks; ++b) {
    for (const std::byte* at : block) TouchNextPage<B::kBytes>(at, end);
    v128_t isum[kStreams<Format>][2] = {}, msum[kStreams<Format>][2] = {};
    const v128_t scale = Splat(x->scale);
    for (size_t g = 0; g < B::kGroups; ++g, ++x) {
      const Token<Format> token(*x);
      for (size_t r = 0; r < kStreams<Format>; ++r) {
        const GroupScales<Format> w(block[r], g);
        for (size_t quad = 0; quad < 2; ++quad) {
          const StoredCodes<Format> codes{B::TileHalf(block[r], g, quad)};
          v128_t& sum_of_group = isum[r][quad];
          if constexpr (kBy == By::kQuads)
            sum_of_group = AddGroupByQuads(sum_of_group, w, quad, codes, token);
          else
            sum_of_group = AddGroup(sum_of_group, w, quad, codes, token);
          msum[r][quad] = AddMins(msum[r][quad], w, quad, token);
        }
      }
    }
    for (size_t r = 0; r < kStreams<Format>; ++r) {
      const BlockScales<Format> scales(block[r]);
      for (size_t quad = 0; quad < 2; ++quad)
        sum[r][quad] = AddBlock(sum[r][quad], scales, quad, isum[r][quad],
                                msum[r][quad], scale);
      block[r] += B::kBytes;
    }
  }
  for (size_t r = 0; r < kStreams<Format>; ++r)
    sums[r] = {{sum[r][0], sum[r][1]}};
}

// Calls f(token, its sum) for whole turns of tokens.
template <typename Format, typename Sum, typename F>
TENON_INLINE void ForTokens(const TokenBlock<Format>* x, size_t tokens,
                            Sum* sums, const F& f) noexcept {
  for (const auto* end = x + tokens; x != end;
       x += kTurn<Format>, sums += kTurn<Format>)
    for (size_t i = 0; i < kTurn<Format>; ++i) f(x[i], sums[i]);
}

// sums += the products of four rows of a block with tokens, by pairs
template <typename Format>
TENON_INLINE void AddBlockOfMany(const std::byte* block,
                                 const BlockScales<Format>& scales, size_t quad,
                                 const TokenBlock<Format>* x, size_t tokens,
                                 Rows8* sums) noexcept {
  using B = PackedBlock<Format>;
  using X = TokenBlock<Format>;
  const BlockMins<Format> mins(block, quad);
  v128_t isums[kMostTokens];
  if constexpr (B::kGroups > 1) std::fill_n(isums, tokens, Zero());
  const auto add_block = [&](v128_t isum, const X& token, Rows8& sums_of_rows) {
    v128_t& sum = sums_of_rows.quad[quad];
    sum = AddBlock(sum, scales, quad, isum, token.Msum(mins), token.scale());
  };
  for (size_t g = 0; g < B::kGroups; ++g) {
    const GroupScales<Format> w(block, g);
    const DecodedCodes<Format> codes(B::TileHalf(block, g, quad));
    const auto add_group = [&](v128_t isum, const X& token) {
      return AddGroup(isum, w, quad, codes, token.group(g));
    };
    if constexpr (B::kGroups == 1)
      ForTokens(x, tokens, sums, [&](const X& token, Rows8& sum) {
        add_block(add_group(Zero(), token), token, sum);
      });
    else
      ForTokens(x, tokens, isums, [&](const X& token, v128_t& isum) {
        isum = add_group(isum, token);
      });
  }
  if constexpr (B::kGroups > 1)
    for (size_t t = 0; t < tokens; ++t) add_block(isums[t], x[t], sums[t]);
}

// Row groups that several tokens pass together.
template <By kBy>
inline constexpr size_t kRowGroups = kBy == By::kQuads ? kQuadRowGroups : 1;

// sums[r] = the products of row group r with whole turns or tiles of tokens.
// x: block by block, each of all.
template <By kBy, typename Format>
void MultiplyMany(const std::byte* block, size_t blocks, size_t row_groups,
                  const TokenBlock<Format>* x, size_t tokens,
                  Rows8 (*sums)[kMostTokens]) noexcept {
  const size_t apart = blocks * PackedBlock<Format>::kBytes;
  TENON_ROLLED
  for (size_t r = 0; r < row_groups; ++r) std::fill_n(sums[r], tokens, Rows8{});
  for (size_t b = 0; b < blocks; ++b, x += tokens) {
    if constexpr (kBy == By::kQuads) {
      AddBlocksByQuads(block, apart, row_groups, x, tokens, sums);
    } else {
      const BlockScales<Format> scales(block);
      for (size_t quad = 0; quad < 2; ++quad)
        AddBlockOfMany(block, scales, quad, x, tokens, sums[0]);
    }
    block += PackedBlock<Format>::kBytes;
  }
}

// Tokens that go together in this step, whole tiles of them.
uint32_t TokensTogether(const KernelArgs& args,
                        const StepContext& ctx) noexcept {
  const uint32_t tokens = std::min(TileTokens(args, ctx), kMostTokens);
  return std::max<uint32_t>(tokens / kQuadTokens, 1) * kQuadTokens;
}

// Items of tokens that go together.  All of the first tokens come before those
// of the next.
uint32_t ItemsOfTokens(const KernelArgs& args) noexcept {
  return static_cast<uint32_t>(
      (RowGroupsOf(args.weight[0].rows) + kItemGroups - 1) / kItemGroups);
}

// The product of a step with a weight.
template <By kBy, typename Format>
class LinearProduct {
 public:
  TENON_INLINE LinearProduct(const KernelArgs& args,
                             const StepContext& ctx) noexcept
      : args_(args), ctx_(ctx), blocks_(B::BlocksOf(args.weight[0].cols)) {}

  // A range of items is many rows of few tokens, as tokens have to be gathered.
  // `gathered`: room for kMostTokens for each block of columns.
  TENON_INLINE void Run(Range items,
                        TokenBlock<Format>* gathered) const noexcept {
    const uint32_t tokens = RowCount(args_.out, ctx_);
    if (tokens == 1) return RunOne(GroupsOf(items));
    const uint32_t each = ItemsOfTokens(args_);
    // At most kMostTokens; a compiler that knows makes 5 KB less of all this.
    const uint32_t together = TokensTogether(args_, ctx_);
    for (uint32_t begin = items.begin, end; begin < items.end; begin = end) {
      const uint32_t batch = begin / each, before = batch * each;
      end = std::min(items.end, before + each);
      const uint32_t first = batch * together;
      RunMany(GroupsOf({begin - before, end - before}), first,
              std::min({together, kMostTokens, tokens - first}), gathered);
    }
  }

 private:
  using B = PackedBlock<Format>;

  // The only token.  Each stream passes its part of the groups from end to end:
  // what memory brings ahead is thrown away where a stream jumps.  Where groups
  // are missing, the last one is multiplied again and not stored.
  TENON_INLINE void RunOne(Range groups) const noexcept {
    constexpr uint32_t streams = kStreams<Format>;
    const uint32_t each = (groups.end - groups.begin + streams - 1) / streams;
    for (uint32_t first = groups.begin; first < groups.begin + each; ++first) {
      Streams<Format> block;
      Rows8 sums[streams];
      for (uint32_t r = 0; r < streams; ++r)
        block[r] = Rows(std::min(first + r * each, groups.end - 1));
      MultiplyOne<kBy, Format>(block, blocks_, X(0), Rows(groups.end), sums);
      for (uint32_t r = 0; r < streams; ++r)
        if (const uint32_t group = first + r * each; group < groups.end)
          Store(Columns(group), 0, sums[r].quad[0], sums[r].quad[1]);
    }
  }

  // Tokens [first, first + count), which go together.
  TENON_INLINE void RunMany(Range groups, size_t first, size_t count,
                            TokenBlock<Format>* gathered) const noexcept {
    const auto filled = static_cast<size_t>(
        RoundUp(count, kBy == By::kQuads ? kQuadTokens : kTurn<Format>));
    Gather(first, count, filled, gathered);
    for (size_t group = groups.begin, n; group < groups.end; group += n) {
      Rows8 sums[kRowGroups<kBy>][kMostTokens];
      n = std::min(kRowGroups<kBy>, groups.end - group);
      MultiplyMany<kBy>(Rows(group), blocks_, n, gathered, filled, sums);
      TENON_ROLLED
      for (size_t r = 0; r < n; ++r)
        StoreMany(group + r, first, count, sums[r]);
    }
  }

  void StoreMany(size_t group, size_t first, size_t count,
                 const Rows8* sums) const noexcept {
    const OutputColumns<kGroupRows> columns = Columns(group);
    for (size_t t = 0; t < count; ++t)
      Store(columns, first + t, sums[t].quad[0], sums[t].quad[1]);
  }

  Range GroupsOf(Range items) const noexcept {
    const auto groups =
        static_cast<uint32_t>(RowGroupsOf(args_.weight[0].rows));
    return {items.begin * kItemGroups,
            std::min(items.end * kItemGroups, groups)};
  }
  const std::byte* Rows(size_t group) const noexcept {
    return args_.weight[0].data + group * blocks_ * B::kBytes;
  }
  const A8Block* X(size_t token) const noexcept {
    return RowOf<A8Block>(args_.in[0], ctx_, token);
  }
  OutputColumns<kGroupRows> Columns(size_t group) const noexcept {
    return OutputColumns<kGroupRows>(args_, ctx_, group * kGroupRows);
  }

  // The blocks of tokens [first, first + count), all of the first columns
  // before the next, filled up with the last token.
  void Gather(size_t first, size_t count, size_t filled,
              TokenBlock<Format>* tokens) const noexcept {
    for (size_t b = 0; b < blocks_; ++b)
      for (size_t t = 0; t < filled; ++t)
        std::construct_at(tokens++,
                          X(first + std::min(t, count - 1)) + b * B::kGroups);
  }

  static void Store(const OutputColumns<kGroupRows>& columns, size_t t,
                    v128_t sums0, v128_t sums1) noexcept {
    float values[kGroupRows];
    simd128::Store(values, sums0);
    simd128::Store(values + kLanes, sums1);
    columns.Store(t, values);
  }

  const KernelArgs& args_;
  const StepContext& ctx_;
  size_t blocks_;
};

template <By kBy, typename Format>
TENON_INLINE void RunLinear(const KernelArgs& args, const StepContext& ctx,
                            Range range, std::byte* scratch) noexcept {
  LinearProduct<kBy, Format>(args, ctx).Run(
      range, reinterpret_cast<TokenBlock<Format>*>(scratch));
}

}  // namespace

uint32_t RowGroups(const KernelArgs& args, const StepContext& ctx) noexcept {
  if (RowCount(args.out, ctx) == 0) return 0;
  return static_cast<uint32_t>(RowGroupsOf(args.weight[0].rows));
}

uint32_t LinearInt8Items(const KernelArgs& args,
                         const StepContext& ctx) noexcept {
  const uint32_t together = TokensTogether(args, ctx);
  const uint32_t batches = (RowCount(args.out, ctx) + together - 1) / together;
  return batches * ItemsOfTokens(args);
}

template <typename Format>
uint64_t LinearInt8Scratch(const KernelArgs& args,
                           const ScratchQuery& query) noexcept {
  if (query.max_tokens == 1) return 0;
  return PackedBlock<Format>::BlocksOf(uint64_t{args.weight[0].cols}) *
         kMostTokens * sizeof(TokenBlock<Format>);
}

template <typename Format>
void LinearInt8(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept {
  if constexpr (kQuadBits<Format> != 0)
    if (HasQuads(kQuadBits<Format>))
      return RunLinear<By::kQuads, Format>(args, ctx, range, scratch);
  RunLinear<By::kPairs, Format>(args, ctx, range, scratch);
}

#define TENON_FLOAT_WEIGHT(W, w)
#define TENON_BLOCK_WEIGHT(W, w)        \
  template Kernel LinearInt8<quant::W>; \
  template ScratchBytes LinearInt8Scratch<quant::W>;
#include "backend_simd128/weights.inc"
#undef TENON_FLOAT_WEIGHT
#undef TENON_BLOCK_WEIGHT

}  // namespace tenon::simd128
