// A product of many tokens as several of fewer.
#ifndef BACKEND_NATIVE_TOKEN_TILES_H_
#define BACKEND_NATIVE_TOKEN_TILES_H_

#include <algorithm>

#include "tenon/kernel.h"

namespace tenon::native {

// As kRun, a kernel whose tokens have nothing to do with each other, but the
// rows of `range` pass by once for each tile of tokens.
template <KernelFn kRun>
void RunInTiles(const KernelArgs& args, const StepContext& ctx, Range range,
                std::byte* scratch) noexcept {
  constexpr uint32_t kTogether = 16;  // by instructions
  const uint32_t tokens = RowCount(args.out, ctx);
  const uint32_t most =
      std::max(TileTokens(args, ctx) / kTogether, 1u) * kTogether;
  if (tokens <= most) return kRun(args, ctx, range, scratch);
  KernelArgs tile = args;
  StepContext step = ctx;
  for (uint32_t first = 0; first < tokens; first += most) {
    step.tokens = step.outputs = std::min(most, tokens - first);
    kRun(tile, step, range, scratch);
    for (Operand* operand : {&tile.out, &tile.in[0], &tile.in[1]})
      operand->offset += most * operand->row_bytes;
  }
}

}  // namespace tenon::native

#endif  // BACKEND_NATIVE_TOKEN_TILES_H_
