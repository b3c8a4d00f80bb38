// Kernels: what a backend brings.
//
// A kernel computes a range of independent items of one node and knows
// nothing of threads.  Items are never split and a reduction stays inside one
// item, so any division of the range gives the same bits.
//
// This header is included by hot code: no Abseil, no <string>, no allocation.
#ifndef TENON_KERNEL_H_
#define TENON_KERNEL_H_

#include <cstddef>
#include <cstdint>

#include "tenon/dtype.h"
#include "tenon/op.h"

namespace tenon {

struct Range {
  uint32_t begin, end;  // items [begin, end)
};

// StepContext::tile_bytes of who does not know better.
inline constexpr uint32_t kNoTileLimit = UINT32_MAX;

// What changes from step to step.  Everything is owned by the session.
struct StepContext {
  uint32_t tokens;           // T
  uint32_t outputs;          // R <= T
  uint32_t position;         // of the first of the T tokens
  const int32_t* token_ids;  // [T], each in [0, V)
  std::byte* activations;    // the plan's arena
  std::byte* const* states;  // base of each state, by StateRef::index
  // Of activations, as many as a core's own cache shall keep while the rows of
  // a matrix pass by (see TileTokens()).  A wish: it changes no bit.
  uint32_t tile_bytes = kNoTileLimit;
};

// Where a value lives: row r starts at activations + offset + r * row_bytes.
struct Operand {
  size_t offset = 0;
  size_t row_bytes = 0;
  uint32_t cols = 0;
  Rows rows = Rows::kTokens;
  DType dtype = DType::kF32;
};

// A weight [rows, cols] in the layout that the kernel's entry names, aligned to
// kWeightAlignment.
inline constexpr size_t kWeightAlignment = 32;
struct WeightRef {
  const std::byte* data =
      nullptr;           // nullptr: an optional weight that is absent
  size_t row_bytes = 0;  // canonical layout only
  uint32_t rows = 0, cols = 0;
  DType dtype = DType::kF32;
};

struct StateRef {
  uint32_t index = 0;
  size_t row_bytes = 0;
  uint32_t cols = 0;
  DType dtype = DType::kF32;
};

inline constexpr size_t kMaxInputs = 5;
inline constexpr size_t kMaxWeights = 4;
inline constexpr size_t kMaxStates = 2;

// The arguments of one node, resolved by Bind() and never changed after the
// weights are in place.
struct KernelArgs {
  Operand out;
  Operand in[kMaxInputs];
  WeightRef weight[kMaxWeights];
  StateRef state[kMaxStates];
  // The alternative of OpAttrs that belongs to the op; Custom: its own data.
  const void* attrs = nullptr;

  template <typename Attrs>
  const Attrs& As() const noexcept {
    return *static_cast<const Attrs*>(attrs);
  }
};

template <typename T>
T* RowOf(const Operand& operand, const StepContext& ctx, size_t row) noexcept {
  return reinterpret_cast<T*>(ctx.activations + operand.offset +
                              row * operand.row_bytes);
}

// Rows of an operand in this step: T or R.
inline uint32_t RowCount(const Operand& operand,
                         const StepContext& ctx) noexcept {
  return operand.rows == Rows::kTokens ? ctx.tokens : ctx.outputs;
}

// How many tokens of in[0] make a tile, at least one.
inline uint32_t TileTokens(const KernelArgs& args,
                           const StepContext& ctx) noexcept {
  const size_t bytes = args.in[0].row_bytes;
  const size_t tokens = bytes == 0 ? ctx.tokens : ctx.tile_bytes / bytes;
  return tokens == 0 ? 1 : static_cast<uint32_t>(tokens);
}

// The position in the text of a row of an operand.
inline size_t PositionOf(const Operand& operand, const StepContext& ctx,
                         size_t row) noexcept {
  return ctx.position + (ctx.tokens - RowCount(operand, ctx)) + row;
}

// Computes items [range.begin, range.end) of the node.  Re-entrant.
// `scratch`: at least what ScratchFn asked for, aligned to kAlignment, private
// to this call, with arbitrary contents.
using KernelFn = void (*)(const KernelArgs& args, const StepContext& ctx,
                          Range range, std::byte* scratch) noexcept;

// How many items the node has in this step.
using ItemsFn = uint32_t (*)(const KernelArgs& args,
                             const StepContext& ctx) noexcept;

// Scratch bytes of one call for steps of at most `max_tokens`; nullptr: none.
// `max_positions` bounds position + T.  64 bits everywhere, as in PackedLayout.
struct ScratchQuery {
  uint32_t max_tokens, max_positions;
};
using ScratchFn = uint64_t (*)(const KernelArgs& args,
                               const ScratchQuery& query) noexcept;

// What a kernel promises about its numbers, compared with backend_scalar.
enum class Numerics : uint8_t {
  kExact,         // bit-identical
  kReassociated,  // sums in another order; the bound stands beside the kernel
  kRelaxed,       // chosen by the engine; probed at start
};

// How a backend stores a weight.  Layouts with equal ids are interchangeable
// bytes.  nullptr stands for the canonical layout: the file's rows as they are.
struct PackedLayout {
  const char* id;  // "q4_0_rows8"
  // Bytes for a weight [rows, cols] of `dtype`; a multiple of kAlignment.
  // 64 bits everywhere: the size of a weight that does not fit is reported.
  uint64_t (*bytes)(DType dtype, uint64_t rows, uint64_t cols) noexcept;
  // Packs canonical rows [first, first + count) of the weight at `packed`.
  // `first` is a multiple of `row_group`, and so is `count` but at the end.
  void (*pack)(DType dtype, size_t rows, size_t cols, size_t first,
               size_t count, const std::byte* source,
               std::byte* packed) noexcept;
  uint32_t row_group;
  // The way back, for a file that stores the weight so and a backend that wants
  // it otherwise; nullptr: there is none.  It asks that the row groups follow
  // each other: `group_bytes` is the size of one, rows that do not exist
  // included.  `unpack` makes `count` canonical rows of the groups at `packed`,
  // the exact bytes that were packed.
  uint64_t (*group_bytes)(DType dtype, uint64_t cols) noexcept = nullptr;
  void (*unpack)(DType dtype, size_t cols, size_t count,
                 const std::byte* packed, std::byte* rows) noexcept = nullptr;
};

enum Phase : uint8_t { kPrefill = 1, kDecode = 2, kBothPhases = 3 };

// One line of a backend's table: computes `op` when the first weight has type
// `weight` (ops without a weight: kF32) in `layout`, and the first input has
// type `activation` (ops without an input: kF32).
struct KernelEntry {
  OpKind op;
  DType weight;
  DType activation;
  KernelFn run;
  ItemsFn items;
  const char* name;  // <op>_<weight>_<activation>_<backend>
  ScratchFn scratch = nullptr;
  // Further conditions on the resolved operands; nullptr: none.  Returns why
  // not as a static string, or nullptr if the kernel can run the node.
  const char* (*refuses)(const KernelArgs& args) noexcept = nullptr;
  const PackedLayout* layout = nullptr;
  Numerics numerics = Numerics::kExact;
  Phase phases = kBothPhases;
};

// An op that a plugin brings along (see GraphBuilder::Custom).
struct CustomOp {
  const char* name;
  KernelFn run;
  ItemsFn items;
  ScratchFn scratch = nullptr;
};

}  // namespace tenon

#endif  // TENON_KERNEL_H_
