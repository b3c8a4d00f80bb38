#include "bench/kernels/measure.h"

#include <variant>

#include "bench/kernels/model_nodes.h"
#include "tenon/op.h"

namespace tenon::bench {
namespace {

using conformance::kMaxTokens;
using conformance::NodeCase;
using conformance::StepShape;

constexpr uint32_t kContext = 2048;
constexpr StepShape kOne = {1, 1, kContext - 1};
constexpr StepShape kStep = {kMaxTokens, 1, kContext - kMaxTokens};

bool IsOfExperts(OpKind op) {
  return op == OpKind::kExpertLinear || op == OpKind::kExpertSum;
}

bool IsMatrix(OpKind op) {
  return op == OpKind::kLinear || op == OpKind::kLinearAdd ||
         op == OpKind::kHead || IsOfExperts(op);
}

// The rows of the first weight that one token reads.
double RowsRead(const NodeCase& node) {
  const uint32_t rows = node.weights[0].rows;
  if (node.op == OpKind::kEmbed) return 1;
  if (!IsOfExperts(node.op)) return rows;
  const auto& route = std::get<RouteAttrs>(node.attrs);
  return static_cast<double>(rows / route.experts * route.used);
}

// Of the first weight, as the file stores it, and of the states.
double BytesRead(const NodeCase& node) {
  double bytes = 0;
  if (!node.weights.empty())
    bytes += RowsRead(node) * static_cast<double>(RowBytes(
                                  node.weights[0].dtype, node.weights[0].cols));
  if (node.op == OpKind::kAppend) return bytes;
  for (const auto& [dtype, cols, rows] : node.states)
    bytes += static_cast<double>(RowBytes(dtype, cols)) *
             (rows > 0 ? rows : kContext);
  return bytes;
}

}  // namespace

std::vector<KernelCase> CasesFor(const KernelEntry& entry) {
  std::vector<KernelCase> cases;
  for (const NodeCase& node : ModelNodes(entry)) {
    if (entry.phases & kDecode) cases.push_back({&entry, node, kOne});
    // A step has one row of logits, as a single token does.
    if (entry.phases & kPrefill && entry.op != OpKind::kHead)
      cases.push_back({&entry, node, kStep});
  }
  return cases;
}

std::string NameOf(const KernelCase& c) {
  return std::string(c.entry->name) + "/" + c.node.label + "/T" +
         std::to_string(c.step.tokens);
}

void Measure(benchmark::State& state, const KernelCase& c) {
  conformance::Rig rig(c.node, c.step, /*seed=*/1);
  conformance::ReadyKernel kernel = rig.Prepare(*c.entry);
  if (c.entry->refuses != nullptr)
    if (const char* why = c.entry->refuses(kernel.args))
      return state.SkipWithMessage(why);
  for (auto _ : state) kernel.Run({0, kernel.items});
  if (c.step.tokens == 1) {
    state.SetBytesProcessed(static_cast<int64_t>(
        BytesRead(c.node) * static_cast<double>(state.iterations())));
  } else if (IsMatrix(c.node.op)) {
    state.counters["multiply_adds"] = benchmark::Counter(
        RowsRead(c.node) * c.node.weights[0].cols * c.step.tokens,
        benchmark::Counter::kIsIterationInvariantRate);
  }
}

}  // namespace tenon::bench
