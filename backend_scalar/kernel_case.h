// Tests only: one node with its operands, run through this backend's table.
#ifndef BACKEND_SCALAR_KERNEL_CASE_H_
#define BACKEND_SCALAR_KERNEL_CASE_H_

#include <cstring>
#include <span>
#include <vector>

#include "tenon/backend.h"
#include "tenon/plugin.h"

namespace tenon {

extern const Plugin kBackendScalar;

namespace scalar {

inline std::span<const KernelEntry> Kernels() {
  return static_cast<const Backend*>(kBackendScalar.interface)->kernels;
}

inline const KernelEntry* FindKernel(OpKind op, DType weight,
                                     DType activation) {
  for (const KernelEntry& entry : Kernels())
    if (entry.op == op && entry.weight == weight &&
        entry.activation == activation)
      return &entry;
  return nullptr;
}

// Example:
//   KernelCase add(OpKind::kAdd, {.tokens = 1, .outputs = 1});
//   add.Input(2, {1, 2}).Input(2, {3, 4});
//   EXPECT_THAT(add.Run(2), ElementsAre(4, 6));
class KernelCase {
 public:
  KernelCase(OpKind op, StepContext step) : op_(op), step_(step) {}

  KernelCase& Input(uint32_t cols, std::span<const float> values,
                    Rows rows = Rows::kTokens) {
    return AddInput(DType::kF32, cols, rows, std::as_bytes(values));
  }
  KernelCase& Input(uint32_t cols, std::initializer_list<float> values,
                    Rows rows = Rows::kTokens) {
    return Input(cols, std::span(values.begin(), values.size()), rows);
  }
  KernelCase& Input(uint32_t cols, std::span<const A8Block> blocks,
                    Rows rows = Rows::kTokens) {
    return AddInput(DType::kA8, cols, rows, std::as_bytes(blocks));
  }

  // Borrows `data`.
  KernelCase& Weight(DType dtype, uint32_t rows, uint32_t cols,
                     std::span<const std::byte> data) {
    args_.weight[weights_++] = {data.data(), RowBytes(dtype, cols), rows, cols,
                                dtype};
    return *this;
  }
  KernelCase& Weight(uint32_t rows, uint32_t cols,
                     std::span<const float> values) {
    return Weight(DType::kF32, rows, cols, std::as_bytes(values));
  }

  // Borrows `data`, rows of `cols` elements.
  KernelCase& State(DType dtype, uint32_t cols, std::span<std::byte> data) {
    args_.state[states_.size()] = {static_cast<uint32_t>(states_.size()),
                                   RowBytes(dtype, cols), cols, dtype};
    states_.push_back(data.data());
    return *this;
  }

  // Borrows `attrs`.
  template <typename Attrs>
  KernelCase& With(const Attrs& attrs) {
    args_.attrs = &attrs;
    return *this;
  }

  const KernelEntry& kernel() const {
    const DType activation = inputs_ > 0 ? args_.in[0].dtype : DType::kF32;
    const DType weight = weights_ > 0 ? args_.weight[0].dtype : DType::kF32;
    return *FindKernel(op_, weight, activation);
  }

  // Computes the items one by one, the last one first.
  std::vector<std::byte> RunBytes(DType dtype, uint32_t cols,
                                  Rows rows = Rows::kTokens) {
    const KernelEntry& entry = kernel();
    args_.out = {arena_.size(), RowBytes(dtype, cols), cols, rows, dtype};
    arena_.resize(arena_.size() +
                  RowCount(args_.out, step_) * args_.out.row_bytes);
    step_.activations = arena_.data();
    step_.states = states_.data();
    items_ = entry.items(args_, step_);
    std::vector<std::byte> scratch(ScratchBytes(entry), std::byte{0xff});
    for (uint32_t i = items_; i-- > 0;)
      entry.run(args_, step_, {i, i + 1}, scratch.data());
    return {arena_.begin() + static_cast<ptrdiff_t>(args_.out.offset),
            arena_.end()};
  }

  std::vector<float> Run(uint32_t cols, Rows rows = Rows::kTokens) {
    const std::vector<std::byte> bytes = RunBytes(DType::kF32, cols, rows);
    std::vector<float> values(bytes.size() / sizeof(float));
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

  uint32_t items() const { return items_; }

 private:
  KernelCase& AddInput(DType dtype, uint32_t cols, Rows rows,
                       std::span<const std::byte> bytes) {
    args_.in[inputs_++] = {arena_.size(), RowBytes(dtype, cols), cols, rows,
                           dtype};
    arena_.insert(arena_.end(), bytes.begin(), bytes.end());
    return *this;
  }

  size_t ScratchBytes(const KernelEntry& entry) const {
    if (entry.scratch == nullptr) return 0;
    return entry.scratch(args_,
                         {.max_tokens = step_.tokens,
                          .max_positions = step_.position + step_.tokens});
  }

  OpKind op_;
  StepContext step_;
  KernelArgs args_;
  size_t inputs_ = 0, weights_ = 0;
  std::vector<std::byte> arena_;
  std::vector<std::byte*> states_;
  uint32_t items_ = 0;
};

}  // namespace scalar
}  // namespace tenon

#endif  // BACKEND_SCALAR_KERNEL_CASE_H_
