// Ops that go on from a state of fixed size.
#include <variant>

#include "conformance/expected.h"
#include "conformance/recurrence.h"
#include "oracle/recurrence.h"

namespace tenon::conformance {

using oracle::Vector;

// The input of a convolution at position + t; before the step, from the ring.
Vector ConvInput(const Rig& rig, ptrdiff_t t) {
  if (t >= 0) return rig.Input(0, static_cast<size_t>(t));
  const auto rows = static_cast<ptrdiff_t>(rig.node().states[0].rows);
  const ptrdiff_t at = static_cast<ptrdiff_t>(rig.step().position) + t;
  return rig.InitialState(0, static_cast<size_t>((at % rows + rows) % rows));
}

Vector ConvOutput(const Rig& rig, size_t row) {
  const oracle::Matrix taps = rig.Weight(0);
  std::vector<Vector> inputs;
  for (size_t c = 0; c < taps.cols; ++c)
    inputs.push_back(ConvInput(rig, static_cast<ptrdiff_t>(row + c) -
                                        static_cast<ptrdiff_t>(taps.cols - 1)));
  return oracle::CausalConv(taps, inputs);
}

DeltaRun::DeltaRun(const Rig& rig) : rig_(rig) {
  for (uint32_t r = 0; r < rig.node().states[0].rows; ++r)
    state_.push_back(rig.InitialState(0, r));
}

Vector DeltaRun::Next() {
  const auto& [key_heads, heads, s, order] =
      std::get<DeltaAttrs>(rig_.node().attrs);
  const size_t row = row_++;
  return oracle::DeltaRule(
      {key_heads, heads, s, order == HeadOrder::kGrouped},
      {rig_.Input(0, row), rig_.Input(1, row), rig_.Input(2, row),
       rig_.Input(3, row), rig_.Input(4, row)},
      state_);
}

std::vector<Vector> ExpectedState(const Rig& rig) {
  std::vector<Vector> rows;
  if (rig.node().op == OpKind::kGatedDelta) {
    DeltaRun run(rig);
    for (uint32_t t = 0; t < rig.step().tokens; ++t) run.Next();
    return run.state();
  }
  if (rig.node().op != OpKind::kCausalConv) return rows;
  const auto count = static_cast<ptrdiff_t>(rig.node().states[0].rows);
  rows.resize(static_cast<size_t>(count));
  const auto end = static_cast<ptrdiff_t>(rig.step().tokens);
  for (ptrdiff_t t = end - count; t < end; ++t) {
    const ptrdiff_t at = static_cast<ptrdiff_t>(rig.step().position) + t;
    rows[static_cast<size_t>((at % count + count) % count)] = ConvInput(rig, t);
  }
  return rows;
}

}  // namespace tenon::conformance
