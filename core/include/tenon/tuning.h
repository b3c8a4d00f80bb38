// How many threads and which tiles run a model fastest: measured when it is
// loaded for the first time, and remembered by the frontend.
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
    uint32_t value;
    // Of the same work for all values; whole microseconds.
    double milliseconds;
  };
  struct Choice {
    uint32_t value = 0;  // one of the samples'
    std::vector<Sample> samples;
  };
  // Samples by ascending number, from 1 on; of a part of a token.
  Choice threads;
  // StepContext::tile_bytes in KiB, 0: no limit.  Samples from that on, by
  // descending size; of the matrix of a prompt that has the longest rows.
  Choice tile_kib;
  bool remembered = false;  // by an earlier load, not measured by this one
};

// A Tuning's tile as StepContext wants it.
uint32_t TileBytes(uint32_t tile_kib);

// "2: 1=20125 2=10500; 0: 0=3100 512=3190": the choices, and the samples in
// microseconds (digits alone, as reading fractions takes 10 KB of tables in
// WebAssembly).
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
