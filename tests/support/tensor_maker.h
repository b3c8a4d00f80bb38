// Draws random tensors: each goes to a GGUF file for the engine and comes back
// as the numbers that it stands for, for the oracle.
#ifndef TENON_TESTS_SUPPORT_TENSOR_MAKER_H_
#define TENON_TESTS_SUPPORT_TENSOR_MAKER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "oracle/ops.h"
#include "support/gguf_writer.h"
#include "support/random.h"
#include "tenon/dtype.h"

namespace tenon::testing_support {

class TensorMaker {
 public:
  // What matrices and vectors are stored as, unless a call says otherwise.
  TensorMaker(DType matrices, DType vectors, uint64_t seed)
      : matrices_(matrices), vectors_(vectors), rng_(seed) {}

  GgufWriter& file() { return file_; }
  Rng& rng() { return rng_; }

  // `name`.weight, with elements of about gain / sqrt(cols).
  oracle::Matrix AddMatrix(const std::string& name, uint32_t rows,
                           uint32_t cols, double gain) {
    return AddMatrix(name, rows, cols, gain, matrices_);
  }
  oracle::Matrix AddMatrix(const std::string& name, uint32_t rows,
                           uint32_t cols, double gain, DType dtype);
  // `count` matrices in one tensor.
  std::vector<oracle::Matrix> AddMatrices(const std::string& name,
                                          uint32_t count, uint32_t rows,
                                          uint32_t cols, double gain);

  oracle::Vector AddVector(const std::string& name, std::vector<float> values);
  // In [middle - spread, middle + spread).
  oracle::Vector AddVectorAround(const std::string& name, uint32_t cols,
                                 double middle, double spread);
  // `name`.weight, around 1.
  oracle::Vector AddNorm(const std::string& name, uint32_t cols) {
    return AddVectorAround(name + ".weight", cols, 1.0, 0.3);
  }

 private:
  const DType matrices_, vectors_;
  Rng rng_;
  GgufWriter file_;
};

// `count` rows of m from row `first` on.
oracle::Matrix RowsOf(const oracle::Matrix& m, size_t first, size_t count);

// Of every `period` rows of m: `count` from row `first` on.
oracle::Matrix RowsOfEach(const oracle::Matrix& m, size_t first, size_t count,
                          size_t period);

// The rows of `parts`, one part after the other.
oracle::Matrix Stack(const std::vector<oracle::Matrix>& parts);

// Empty for an empty v.
oracle::Vector PartOf(const oracle::Vector& v, size_t first, size_t count);

}  // namespace tenon::testing_support

#endif  // TENON_TESTS_SUPPORT_TENSOR_MAKER_H_
