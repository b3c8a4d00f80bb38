// One node of a graph with operands in memory, for running single kernels.
#ifndef TENON_TESTS_CONFORMANCE_RIG_H_
#define TENON_TESTS_CONFORMANCE_RIG_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "oracle/ops.h"
#include "support/random.h"
#include "tenon/arena.h"
#include "tenon/kernel.h"
#include "tenon/op.h"

namespace tenon::conformance {

struct OperandSpec {
  uint32_t cols = 0;  // 0: the node makes no value
  Rows rows = Rows::kTokens;
  DType dtype = DType::kF32;
};

struct WeightSpec {
  DType dtype = DType::kF32;
  uint32_t rows = 0, cols = 0;  // no rows: an optional weight that is absent
};

struct CacheSpec {
  DType dtype;
  uint32_t cols;
  uint32_t rows = 0;  // 0: one per position; otherwise a state of fixed size
};

// A node, without numbers.
struct NodeCase {
  std::string label;
  OpKind op;
  std::vector<OperandSpec> in;
  OperandSpec out;
  std::vector<WeightSpec> weights;
  std::vector<CacheSpec> states;
  OpAttrs attrs;
};

struct StepShape {
  uint32_t tokens, outputs, position;
};
inline constexpr uint32_t kMaxTokens = 64;

// Memory as sessions have it: kAlignment-aligned.
struct alignas(kAlignment) Line {
  std::byte bytes[kAlignment];
  friend bool operator==(const Line& a, const Line& b) {
    return std::memcmp(a.bytes, b.bytes, kAlignment) == 0;
  }
};
using Lines = std::vector<Line>;

// All that a kernel may write to.
struct Memory {
  Lines arena;
  std::vector<Lines> states;
  friend bool operator==(const Memory&, const Memory&) = default;
};

// A kernel on memory of its own, to be called any number of times.  Borrows the
// weights of the rig that it is made from.
struct ReadyKernel {
  const KernelEntry* entry;
  KernelArgs args;
  StepContext step;  // into `memory` and `states`
  Memory memory;
  std::vector<std::byte*> states;
  Lines scratch;
  uint32_t items;

  void Run(Range range) {
    entry->run(args, step, range, scratch.empty() ? nullptr : scratch[0].bytes);
  }
};

// Fills every operand of `node` with random numbers.  Kernels run on copies
// of that memory.
class Rig {
 public:
  Rig(const NodeCase& node, const StepShape& step, uint64_t seed);

  const NodeCase& node() const { return node_; }
  const StepShape& step() const { return step_; }
  // With weights packed as `entry` wants them, valid until the next call.
  const KernelArgs& ArgsFor(const KernelEntry& entry);
  ReadyKernel Prepare(const KernelEntry& entry);
  uint32_t Items(const KernelEntry& entry);
  uint32_t OutputRows() const { return RowsOf(node_.out); }

  // Runs the ranges one after the other, each with fresh garbage as scratch.
  Memory Run(const KernelEntry& entry, std::span<const Range> ranges);

  // The operands as numbers.
  oracle::Vector Input(size_t i, size_t row) const;
  oracle::Matrix Weight(size_t i) const;
  bool HasWeight(size_t i) const;
  int32_t Token(size_t t) const { return tokens_[t]; }
  oracle::Vector InitialState(size_t i, size_t row) const {
    return State(initial_, i, row);
  }
  oracle::Vector State(const Memory& memory, size_t i, size_t row) const;
  oracle::Vector Output(const Memory& memory, size_t row) const;
  std::span<const std::byte> OutputBytes(const Memory& memory,
                                         size_t row) const;

  // Whether everything outside of the output's rows, of the rows that Append
  // writes and of states of fixed size is as it was.
  bool OnlyResultsChanged(const Memory& memory) const;

 private:
  uint32_t RowsOf(const OperandSpec& spec) const;
  Operand Place(const OperandSpec& spec);
  void AddState(const CacheSpec& spec, testing_support::Rng& rng);
  void PackFirstWeight(const PackedLayout& layout);
  void FillInput(size_t i, uint32_t row, testing_support::Rng& rng);
  StepContext Context(Memory& memory, std::vector<std::byte*>& states) const;
  std::span<const std::byte> Bytes(const Memory& memory, const Operand& operand,
                                   size_t row) const;

  NodeCase node_;
  StepShape step_;
  KernelArgs args_;
  Memory initial_;
  std::vector<std::vector<std::byte>> weights_;  // canonical
  Lines packed_;  // the first weight, where a kernel wants it so
  std::vector<int32_t> tokens_;
};

}  // namespace tenon::conformance

#endif  // TENON_TESTS_CONFORMANCE_RIG_H_
