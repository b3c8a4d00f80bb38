// How far rows of numbers are from a reference.
#ifndef TENON_TESTS_GOLDEN_COMPARE_H_
#define TENON_TESTS_GOLDEN_COMPARE_H_

#include <cmath>
#include <cstddef>
#include <vector>

#include "oracle/ops.h"

namespace tenon {

// |reference - rows| / |reference|, Frobenius norms.  Infinite where the shapes
// differ or a number is not finite.
template <typename Row>
double RelativeError(const std::vector<oracle::Vector>& reference,
                     const std::vector<Row>& rows) {
  double error = 0, norm = 0;
  if (reference.size() != rows.size()) return INFINITY;
  for (size_t r = 0; r < rows.size(); ++r) {
    if (reference[r].size() != rows[r].size()) return INFINITY;
    for (size_t i = 0; i < rows[r].size(); ++i) {
      const double difference = reference[r][i] - rows[r][i];
      error += difference * difference;
      norm += reference[r][i] * reference[r][i];
    }
  }
  return std::isfinite(error) ? std::sqrt(error / norm) : INFINITY;
}

// The mean over the rows of KL(softmax(reference) || softmax(row)), in nats.
template <typename Row>
double MeanDivergence(const std::vector<oracle::Vector>& reference,
                      const std::vector<Row>& rows) {
  double sum = 0;
  for (size_t r = 0; r < rows.size(); ++r) {
    const oracle::Vector row(rows[r].begin(), rows[r].end());
    const double p_total = oracle::LogSumExp(reference[r]);
    const double q_total = oracle::LogSumExp(row);
    for (size_t i = 0; i < row.size(); ++i) {
      const double p = reference[r][i] - p_total;
      sum += std::exp(p) * (p - (row[i] - q_total));
    }
  }
  return sum / static_cast<double>(rows.size());
}

}  // namespace tenon

#endif  // TENON_TESTS_GOLDEN_COMPARE_H_
