// Plans of fake nodes, for tests.
#ifndef BACKEND_THREADS_FAKE_PLAN_H_
#define BACKEND_THREADS_FAKE_PLAN_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "tenon/executor.h"

namespace tenon {

// What the attributes of a fake node point to.
struct FakeNode {
  uint32_t items;
  uint32_t* out = nullptr;       // [items]
  const uint32_t* in = nullptr;  // [items]
};

// Keeps what its steps point to.
class FakePlan {
 public:
  void Add(KernelFn run, const FakeNode& node, bool barrier = false) {
    nodes_.push_back(std::make_unique<FakeNode>(node));
    args_.push_back(std::make_unique<KernelArgs>());
    args_.back()->attrs = nodes_.back().get();
    plan_.steps.push_back({run, Items, args_.back().get(), 0, barrier});
  }
  void Run(Executor& executor, const Scratch& scratch = {}) const {
    executor.Run(plan_, StepContext{}, scratch);
  }
  const Plan& plan() const { return plan_; }

 private:
  static uint32_t Items(const KernelArgs& args, const StepContext&) noexcept {
    return args.As<FakeNode>().items;
  }

  Plan plan_;
  std::vector<std::unique_ptr<FakeNode>> nodes_;
  std::vector<std::unique_ptr<KernelArgs>> args_;
};

}  // namespace tenon

#endif  // BACKEND_THREADS_FAKE_PLAN_H_
