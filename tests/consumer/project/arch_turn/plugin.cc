// A model that counts: its one layer turns the embedding by some columns.
#include "tenon/plugin.h"

#include <memory>
#include <string_view>

#include "tenon/architecture.h"
#include "tenon/kernel.h"

namespace tenon {
namespace turn {
namespace {

struct TurnData {
  uint32_t columns;
};

// Column c of the result is column c - columns of the input, cyclically.
void Turn(const KernelArgs& args, const StepContext& ctx, Range range,
          std::byte*) noexcept {
  const uint32_t n = args.out.cols;
  const uint32_t columns = args.As<TurnData>().columns;
  for (uint32_t row = range.begin; row < range.end; ++row) {
    const float* x = RowOf<float>(args.in[0], ctx, row);
    float* y = RowOf<float>(args.out, ctx, row);
    for (uint32_t c = 0; c < n; ++c) y[(c + columns) % n] = x[c];
  }
}

uint32_t TurnRows(const KernelArgs& args, const StepContext& ctx) noexcept {
  return RowCount(args.out, ctx);
}

constexpr CustomOp kTurn{.name = "turn", .run = &Turn, .items = &TurnRows};
constexpr TurnData kByOne{1};

class Counter final : public Architecture {
 public:
  explicit Counter(uint32_t size) : size_(size) {}

  ModelShape shape() const override { return {size_, 32, size_, 1}; }
  void Build(GraphBuilder& g) const override {
    const WeightId table = g.Matrix("token_embd.weight", size_, size_);
    const WeightId norm = g.Vector("output_norm.weight", size_);
    const ValueId x = g.Embed("token_embd", table);  // [T, E]
    const ValueId y = g.Custom("turn", kTurn, &kByOne, {x}, {}, size_);
    const ValueId last = g.TakeOutputs("outputs", y);  // [R, E]
    g.Outputs(g.RmsNorm("output_norm", last, norm, 1e-5f), {.weight = table});
  }

 private:
  uint32_t size_;  // of the vocabulary and of the embedding
};

StatusOr<std::unique_ptr<Architecture>> Configure(const ModelFile& file) {
  TENON_ASSIGN_OR_RETURN(const uint32_t size,
                         file.metadata.U32("turn.embedding_length"));
  return std::make_unique<Counter>(size);
}

constexpr std::string_view kArchitectures[] = {"turn"};
constexpr ArchitectureFactory kFactory{kArchitectures, &Configure};

}  // namespace
}  // namespace turn

extern constinit const Plugin kArchTurn{
    "arch_turn", "a model that counts, with an op of its own", &turn::kFactory};

}  // namespace tenon
