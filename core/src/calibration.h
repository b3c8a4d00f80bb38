// Measures how many threads and which tiles run a model fastest.
#ifndef TENON_SRC_CALIBRATION_H_
#define TENON_SRC_CALIBRATION_H_

#include <atomic>
#include <span>

#include "tenon/bind.h"
#include "tenon/executor.h"
#include "tenon/tuning.h"

namespace tenon {

// Runs the first kernel calls of a token with 1, 2, 4, ... and all workers of
// `executor` in turn, then a matrix of a prompt with tiles of several sizes,
// for about 0.4 seconds in all; less, if `cancel` says so.  Leaves the executor
// with the number that it chose.  `bound` has its weights.
// Errors: kResourceExhausted; kCancelled before anything was measured.
StatusOr<Tuning> Calibrate(const BoundGraph& bound, Executor& executor,
                           const std::atomic<bool>* cancel);

// The first value that is within a twentieth of the fastest, so that no thread
// is started for nothing, and no tile is smaller for nothing.  REQUIRES:
// samples.
uint32_t FirstOfTheFastest(std::span<const Tuning::Sample> samples);

}  // namespace tenon

#endif  // TENON_SRC_CALIBRATION_H_
