// Helpers of the core's tests: tensor tables and small graphs without a file.
#ifndef TENON_SRC_TEST_GRAPH_H_
#define TENON_SRC_TEST_GRAPH_H_

#include <initializer_list>
#include <string_view>
#include <vector>

#include "tenon/builder.h"
#include "tenon/model_file.h"

namespace tenon {

// A tensor [cols] or [rows, cols] without data.
inline TensorInfo Tensor(std::string_view name, uint64_t rows, uint64_t cols,
                         DType dtype = DType::kF32) {
  return {name, dtype, {cols, rows, 1, 1},          rows == 1 ? 1u : 2u,
          0,    0,     rows * RowBytes(dtype, cols)};
}

// V = 8 tokens, E = 4: x = embed; x = x + W x; hidden = norm(x); head = embed.
inline std::vector<TensorInfo> TinyTensors(DType matrix = DType::kF32) {
  return {Tensor("embed", 8, 4), Tensor("w.weight", 4, 4, matrix),
          Tensor("norm", 1, 4)};
}

inline void BuildTiny(GraphBuilder& g) {
  const WeightId embed = g.Matrix("embed", 8, 4);
  const ValueId x = g.Embed("embed", embed);
  const ValueId y = g.Linear("w", x, g.LinearOf("w", 4, 4));
  const ValueId sum = g.Add("sum", y, x);
  const ValueId last = g.TakeOutputs("last", sum);
  g.Outputs(g.RmsNorm("norm", last, g.Vector("norm", 4), 1e-5f), {embed});
}

}  // namespace tenon

#endif  // TENON_SRC_TEST_GRAPH_H_
