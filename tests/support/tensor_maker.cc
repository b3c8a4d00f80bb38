#include "support/tensor_maker.h"

#include <cmath>
#include <utility>

namespace tenon::testing_support {

using oracle::Matrix;
using oracle::Vector;

Matrix TensorMaker::AddMatrix(const std::string& name, uint32_t rows,
                              uint32_t cols, double gain, DType dtype) {
  const auto bytes =
      RandomElements(dtype, size_t{rows} * cols, gain / std::sqrt(cols), rng_);
  file_.AddTensor(name + ".weight", {cols, rows}, dtype, bytes);
  return {rows, cols, Decode(dtype, bytes)};
}

std::vector<Matrix> TensorMaker::AddMatrices(const std::string& name,
                                             uint32_t count, uint32_t rows,
                                             uint32_t cols, double gain) {
  const auto bytes = RandomElements(matrices_, size_t{count} * rows * cols,
                                    gain / std::sqrt(cols), rng_);
  file_.AddTensor(name + ".weight", {cols, rows, count}, matrices_, bytes);
  const Matrix all{size_t{count} * rows, cols, Decode(matrices_, bytes)};
  std::vector<Matrix> matrices;
  for (size_t i = 0; i < count; ++i)
    matrices.push_back(RowsOf(all, i * rows, rows));
  return matrices;
}

Vector TensorMaker::AddVector(const std::string& name,
                              std::vector<float> values) {
  std::vector<std::byte> bytes(RowBytes(vectors_, values.size()));
  for (size_t i = 0; i < values.size(); ++i)
    PutNumber(vectors_, values[i], &bytes[i * Info(vectors_).block_bytes]);
  file_.AddTensor(name, {values.size()}, vectors_, bytes);
  return Decode(vectors_, bytes);
}

Vector TensorMaker::AddVectorAround(const std::string& name, uint32_t cols,
                                    double middle, double spread) {
  std::vector<float> values;
  for (uint32_t i = 0; i < cols; ++i)
    values.push_back(
        static_cast<float>(rng_.Uniform(middle - spread, middle + spread)));
  return AddVector(name, std::move(values));
}

Matrix RowsOf(const Matrix& m, size_t first, size_t count) {
  const auto begin = m.values.begin() + static_cast<ptrdiff_t>(first * m.cols);
  return {count, m.cols,
          Vector(begin, begin + static_cast<ptrdiff_t>(count * m.cols))};
}

Matrix RowsOfEach(const Matrix& m, size_t first, size_t count, size_t period) {
  std::vector<Matrix> parts;
  for (size_t at = first; at < m.rows; at += period)
    parts.push_back(RowsOf(m, at, count));
  return Stack(parts);
}

Matrix Stack(const std::vector<Matrix>& parts) {
  Matrix all{0, parts.front().cols, {}};
  for (const Matrix& m : parts) {
    all.rows += m.rows;
    all.values.insert(all.values.end(), m.values.begin(), m.values.end());
  }
  return all;
}

Vector PartOf(const Vector& v, size_t first, size_t count) {
  if (v.empty()) return v;
  return RowsOf({v.size(), 1, v}, first, count).values;
}

}  // namespace tenon::testing_support
