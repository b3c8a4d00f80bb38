// Where the operands of a product of packed weights with A8 activations are.
#ifndef BACKEND_NATIVE_OPERANDS_H_
#define BACKEND_NATIVE_OPERANDS_H_

#include "backend_simd128/linear.h"
#include "backend_simd128/packed.h"

namespace tenon::native {

// Of one step.
template <typename Format>
class Operands {
  using B = simd128::PackedBlock<Format>;

 public:
  TENON_INLINE Operands(const KernelArgs& args, const StepContext& ctx) noexcept
      : args_(args),
        ctx_(ctx),
        blocks_(B::BlocksOf(args.weight[0].cols)),
        tokens_(RowCount(args.out, ctx)) {}

  TENON_INLINE size_t blocks() const noexcept { return blocks_; }  // of a row
  TENON_INLINE size_t tokens() const noexcept { return tokens_; }

  // A row group of the weight.
  TENON_INLINE const std::byte* Rows(size_t group) const noexcept {
    return args_.weight[0].data + group * blocks_ * B::kBytes;
  }

  // The activations of a token; those of the next are stride() further.
  TENON_INLINE const A8Block* X(size_t token) const noexcept {
    return RowOf<A8Block>(args_.in[0], ctx_, token);
  }
  TENON_INLINE size_t stride() const noexcept {
    return args_.in[0].row_bytes / sizeof(A8Block);
  }

  // Where the products of kRows rows from a row group on go.
  template <size_t kRows>
  TENON_INLINE auto Columns(size_t group) const noexcept {
    return simd128::OutputColumns<kRows>(args_, ctx_,
                                         group * simd128::kGroupRows);
  }

 private:
  const KernelArgs& args_;
  const StepContext& ctx_;
  size_t blocks_, tokens_;
};

}  // namespace tenon::native

#endif  // BACKEND_NATIVE_OPERANDS_H_
