// What an architecture computes, said once per model: a straight list of
// nodes in SSA form.  No control flow; state only through StateIds; the
// position is a run-time scalar of the step, never part of the graph.
#ifndef TENON_GRAPH_H_
#define TENON_GRAPH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tenon/dtype.h"
#include "tenon/op.h"
#include "tenon/state.h"

namespace tenon {

// Indices into Graph's lists.  Strong types, so that none is passed for
// another.
enum class ValueId : uint32_t { kNone = UINT32_MAX };
enum class WeightId : uint32_t { kNone = UINT32_MAX };
enum class StateId : uint32_t { kNone = UINT32_MAX };
template <typename Id>
constexpr size_t Index(Id id) {
  return static_cast<size_t>(id);
}

// An activation: [T or R, cols].
struct Value {
  std::string name;  // of the node that makes it: "blk.0.attn_q"
  Rows rows = Rows::kTokens;
  uint32_t cols = 0;
  DType dtype = DType::kF32;
};

// A tensor of the model file: [rows, cols], or [cols] with rows = 1.
struct Weight {
  std::string name;  // the GGUF name: "blk.0.attn_q.weight"
  DType dtype;
  uint32_t rows, cols;
};

struct Node {
  OpKind op;
  std::string name;  // for people: reports, errors, profiles
  std::vector<ValueId> inputs;
  std::vector<WeightId> weights;
  std::vector<StateId> states;
  ValueId output = ValueId::kNone;  // kNone: the node only writes state
  OpAttrs attrs;
};

// Nodes are in execution order: each reads only what earlier ones made.
struct Graph {
  std::vector<Node> nodes;
  std::vector<Value> values;
  std::vector<Weight> weights;
  std::vector<StateSpec> states;
  ValueId hidden = ValueId::kNone;  // [R, E], after the output norm
  ValueId logits = ValueId::kNone;  // [R, V]

  const Value& value(ValueId id) const { return values[Index(id)]; }
  const Weight& weight(WeightId id) const { return weights[Index(id)]; }
  const StateSpec& state(StateId id) const { return states[Index(id)]; }
};

}  // namespace tenon

#endif  // TENON_GRAPH_H_
