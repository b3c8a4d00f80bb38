#include "tenon/executor.h"

namespace tenon {
namespace {

void RunItems(const Step& step, const StepContext& ctx, uint32_t items,
              std::byte* scratch) noexcept {
#ifdef NDEBUG
  if (items > 0) step.run(*step.args, ctx, {0, items}, scratch);
#else
  for (uint32_t i = items; i-- > 0;)
    step.run(*step.args, ctx, {i, i + 1}, scratch);
#endif
}

class InlineExecutor : public Executor {
 public:
  uint32_t workers() const noexcept override { return 1; }
  void Limit(uint32_t) noexcept override {}

  void Run(const Plan& plan, const StepContext& ctx,
           const Scratch& scratch) noexcept override {
    for (const Step& step : plan.steps)
      RunItems(step, ctx, step.items(*step.args, ctx), scratch.base);
  }
};

}  // namespace

std::unique_ptr<Executor> MakeInlineExecutor() {
  return std::make_unique<InlineExecutor>();
}

}  // namespace tenon
