// A progress bar on stderr, shown only if stderr is a terminal.
#ifndef TENON_CLI_PROGRESS_H_
#define TENON_CLI_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <string>

namespace tenon::cli {

// Appears after a moment, so that quick work shows nothing; leaves an empty
// line behind.
class ProgressBar {
 public:
  explicit ProgressBar(std::string label);
  ~ProgressBar() { Clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void Update(uint64_t done, uint64_t total);
  void Clear();

 private:
  using Clock = std::chrono::steady_clock;

  std::string label_;
  bool terminal_;
  bool visible_ = false;
  Clock::time_point next_;  // when to draw again
};

}  // namespace tenon::cli

#endif  // TENON_CLI_PROGRESS_H_
