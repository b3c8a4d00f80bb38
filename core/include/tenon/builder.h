// GraphBuilder: the only way to make a Graph.
//
// An architecture's Build() is a straight line of these calls.  Mistakes (a
// missing tensor, a wrong shape, mismatched columns) are remembered, the calls
// after them still return usable ids, and Finish() reports the first one with
// the node or tensor named.  So Build() has no error paths of its own.
//
// Example, one residual feed-forward block:
//   ValueId f = g.RmsNorm(Name(i, "ffn_norm"), x, w.ffn_norm, eps);   // [T, E]
//   ValueId gate = g.Linear(Name(i, "ffn_gate"), f, w.ffn_gate);      // [T, F]
//   ValueId up = g.Linear(Name(i, "ffn_up"), f, w.ffn_up);            // [T, F]
//   ValueId act = g.SwiGlu(Name(i, "ffn_act"), gate, up);             // [T, F]
//   x = g.Add(Name(i, "ffn_out"), x,
//             g.Linear(Name(i, "ffn_down"), act, w.ffn_down));        // [T, E]
#ifndef TENON_BUILDER_H_
#define TENON_BUILDER_H_

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tenon/graph.h"
#include "tenon/kernel.h"
#include "tenon/model_file.h"
#include "tenon/status.h"

namespace tenon {

// A weight of the file with its optional bias, as one argument.
struct LinearWeights {
  WeightId weight = WeightId::kNone;
  WeightId bias = WeightId::kNone;
};

class GraphBuilder {
 public:
  // `tensors` is the model file's table; it must outlive the builder.
  // `cache` is the type of the key and value rows: kF32 or kF16.
  GraphBuilder(std::span<const TensorInfo> tensors, DType cache);

  // --- Tensors of the file.  Shapes are checked here, before a byte is read.

  bool Has(std::string_view name) const;
  // A vector [cols], which must be stored as F32, F16 or BF16.
  WeightId Vector(std::string_view name, uint32_t cols);
  // A matrix [rows, cols] of any type that Tenon can decode.
  WeightId Matrix(std::string_view name, uint32_t rows, uint32_t cols);
  // `experts` matrices [rows, cols] in one tensor.
  WeightId Experts(std::string_view name, uint32_t experts, uint32_t rows,
                   uint32_t cols);
  // `stem`.weight [rows, cols] and, where the file has it, `stem`.bias [rows].
  LinearWeights LinearOf(std::string_view stem, uint32_t rows, uint32_t cols);
  // Tensors that the architecture knows and leaves out on purpose: those whose
  // names start with `prefix`.
  void Ignore(std::string_view prefix);

  // --- State.

  // Key or value rows [P, cols] in the cache type.
  StateId Cache(std::string_view name, uint32_t cols);
  // Matrices [rows, cols] of f32 that start at zero.
  StateId Recurrent(std::string_view name, uint32_t rows, uint32_t cols);
  // The last `rows` inputs of `cols` columns, f32, zero before the start.
  StateId Ring(std::string_view name, uint32_t rows, uint32_t cols);

  // --- Nodes.  `name` is for people; the shape beside each is its result.

  ValueId Embed(std::string_view name, WeightId table);   // [T, E]
  ValueId TakeOutputs(std::string_view name, ValueId x);  // [R, n]
  // Normalises each run of w's length; x's columns are a multiple of it.
  ValueId RmsNorm(std::string_view name, ValueId x, WeightId w, float eps);
  ValueId Linear(std::string_view name, ValueId x, LinearWeights w);
  // [T, n_rot].  `factors` [n_rot / 2] divides the angles; kNone: none.
  ValueId RopeAngles(std::string_view name, const RopeAnglesAttrs& attrs,
                     WeightId factors = WeightId::kNone);
  ValueId Rope(std::string_view name, ValueId x, ValueId angles,
               const RopeAttrs& attrs);
  void Append(std::string_view name, StateId state, ValueId rows);
  // q [T, H * D] -> [T, H * D].
  ValueId Attention(std::string_view name, ValueId q, StateId k, StateId v,
                    const AttentionAttrs& attrs);
  ValueId Add(std::string_view name, ValueId a, ValueId b);
  // b: the shape of a, or one column.
  ValueId Mul(std::string_view name, ValueId a, ValueId b);
  ValueId Silu(std::string_view name, ValueId x);
  ValueId Sigmoid(std::string_view name, ValueId x);
  ValueId Softplus(std::string_view name, ValueId x);
  ValueId Scale(std::string_view name, ValueId x, WeightId w);
  ValueId Offset(std::string_view name, ValueId x, WeightId w);
  ValueId Concat(std::string_view name, std::initializer_list<ValueId> parts);
  // logits [T, experts] -> [T, 2 * used].
  ValueId Route(std::string_view name, ValueId logits, uint32_t used);
  // w: Experts(experts, N, K); the result is [T, used * N].
  ValueId ExpertLinear(std::string_view name, ValueId x, ValueId route,
                       WeightId w, const RouteAttrs& attrs);
  // x [T, used * K] -> [T, N].
  ValueId ExpertSum(std::string_view name, ValueId x, ValueId route, WeightId w,
                    const RouteAttrs& attrs);
  ValueId SwiGlu(std::string_view name, ValueId gate, ValueId up);
  // Columns [begin, begin + cols).
  ValueId Slice(std::string_view name, ValueId x, uint32_t begin,
                uint32_t cols);
  // The same of each `period` columns, side by side.
  ValueId SliceEach(std::string_view name, ValueId x, const SliceAttrs& attrs);
  // Each run of `width` columns.
  ValueId L2Norm(std::string_view name, ValueId x, uint32_t width, float eps);
  // w [width]; z has the shape of x.
  ValueId GatedRmsNorm(std::string_view name, ValueId x, ValueId z, WeightId w,
                       float eps);
  // w [n, C]; ring: Ring(C - 1, n).
  ValueId CausalConv(std::string_view name, ValueId x, WeightId w,
                     StateId ring);
  // Shapes as DeltaAttrs says; state: Recurrent(value_heads * S, S).
  struct DeltaInputs {
    ValueId q, k, v, decay, beta;
  };
  ValueId GatedDelta(std::string_view name, const DeltaInputs& in,
                     StateId state, const DeltaAttrs& attrs);
  // `op` and `data` outlive the model; out_cols is checked by nobody else.
  ValueId Custom(std::string_view name, const CustomOp& op, const void* data,
                 std::initializer_list<ValueId> inputs,
                 std::initializer_list<WeightId> weights, uint32_t out_cols);

  // The two results of a step: the hidden state [R, E] after the output norm,
  // and the logits [R, V] that `head` makes of it.  Called once.
  void Outputs(ValueId hidden, LinearWeights head);

  // --- The result.

  // Records an architecture's own complaint; the first one wins.
  void Fail(Status error);
  // Errors: the first mistake; kInvalidArgument for tensors that no call
  // above mentioned (a file of a shape that the architecture does not know).
  StatusOr<Graph> Finish() &&;

 private:
  const TensorInfo* Find(std::string_view name) const;
  WeightId AddWeight(std::string_view name, uint32_t rows, uint32_t cols,
                     uint32_t max_dims);
  ValueId PerColumn(OpKind op, std::string_view name, ValueId x, WeightId w);
  ValueId AddNode(OpKind op, std::string_view name, Rows rows, uint32_t cols,
                  std::vector<ValueId> inputs,
                  std::vector<WeightId> weights = {}, OpAttrs attrs = {});
  ValueId Map(OpKind op, std::string_view name, ValueId x);
  ValueId Elementwise(OpKind op, std::string_view name, ValueId a, ValueId b);
  ValueId Project(OpKind op, std::string_view name, ValueId x, LinearWeights w);
  void Expect(bool holds, std::string_view name, std::string_view complaint);

  Graph graph_;
  std::span<const TensorInfo> file_order_;
  DType cache_;
  Status status_;
  std::unordered_map<std::string_view, const TensorInfo*> tensors_;
  std::unordered_map<std::string_view, WeightId> used_;
  std::vector<std::string> ignored_;  // prefixes
};

}  // namespace tenon

#endif  // TENON_BUILDER_H_
