// A row of the table of kernels: a product of packed weights.
#ifndef BACKEND_NATIVE_PRODUCT_ENTRY_H_
#define BACKEND_NATIVE_PRODUCT_ENTRY_H_

#include "backend_native/token_tiles.h"
#include "backend_simd128/kernels.h"
#include "backend_simd128/packed.h"

namespace tenon::native {

template <typename Format, KernelFn kRun>
constexpr KernelEntry ProductEntry(OpKind op, DType weight, const char* name,
                                   ScratchFn scratch = nullptr) {
  return {.op = op,
          .weight = weight,
          .activation = DType::kA8,
          .run = RunInTiles<kRun>,
          .items = simd128::RowGroups,
          .name = name,
          .scratch = scratch,
          .layout = &simd128::kRows8<Format>};
}

}  // namespace tenon::native

#endif  // BACKEND_NATIVE_PRODUCT_ENTRY_H_
