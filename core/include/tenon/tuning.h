// How many threads run a model fastest: measured when it is loaded for the
// first time, and remembered by the frontend.
#ifndef TENON_TUNING_H_
#define TENON_TUNING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tenon {

struct Tuning {
  struct Sample {
    uint32_t threads;
    // Of the same part of one token for all samples; whole microseconds.
    double milliseconds;
  };
  uint32_t threads = 1;         // the choice: one of the samples'
  std::vector<Sample> samples;  // by ascending number of threads, from 1 on
  bool remembered = false;      // by an earlier load, not measured by this one
};

// "2: 1=20125 2=10500": the choice, and the samples in microseconds (digits
// alone, as reading fractions takes 10 KB of tables in WebAssembly).
std::string ToText(const Tuning& tuning);
// Nothing for a text that ToText() does not write.
std::optional<Tuning> ParseTuning(std::string_view text);

// Where a frontend keeps texts from one load to the next.  It may forget, and
// it may return anything: what does not parse is measured again.
class TuningMemory {
 public:
  virtual ~TuningMemory() = default;
  // `key`: one line that names the version, the model's shape, the plugins and
  // the number of cores.  It does not name the processor: the memory belongs
  // to one machine, or adds that itself.  Empty: nothing is remembered.
  virtual std::string Recall(std::string_view key) = 0;
  virtual void Remember(std::string_view key, std::string_view text) = 0;
};

}  // namespace tenon

#endif  // TENON_TUNING_H_
