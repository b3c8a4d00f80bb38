#include "cli/progress.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "absl/strings/str_format.h"

namespace tenon::cli {
namespace {

constexpr auto kDelay = std::chrono::milliseconds(300);
constexpr auto kInterval = std::chrono::milliseconds(50);
constexpr uint64_t kWidth = 32;  // characters

}  // namespace

ProgressBar::ProgressBar(std::string label)
    : label_(std::move(label)),
      terminal_(isatty(STDERR_FILENO) != 0),
      next_(Clock::now() + kDelay) {}

void ProgressBar::Update(uint64_t done, uint64_t total) {
  const Clock::time_point now = Clock::now();
  if (!terminal_ || total == 0 || now < next_) return;
  next_ = now + kInterval;
  visible_ = true;
  const double share = static_cast<double>(done) / static_cast<double>(total);
  const auto filled = static_cast<size_t>(share * kWidth);
  absl::FPrintF(stderr, "\r%s [%s%s] %3.0f%%", label_, std::string(filled, '#'),
                std::string(kWidth - filled, ' '), share * 100);
}

void ProgressBar::Clear() {
  if (visible_) std::fputs("\r\033[K", stderr);
  visible_ = false;
}

}  // namespace tenon::cli
