// Where barriers must stand.
#ifndef TENON_SRC_HAZARDS_H_
#define TENON_SRC_HAZARDS_H_

#include <cstdint>
#include <vector>

namespace tenon {

// Bytes that a step touches: of the arena, or all of one state.
struct Region {
  static constexpr uint32_t kArena = UINT32_MAX;
  uint32_t space;  // kArena or a state's index
  uint64_t begin, end;
  bool written;
};

// Between two barriers the steps run concurrently.  Follows the regions that
// they touch, and says when the next step cannot join them.
class Hazards {
 public:
  // Whether a step that touches `regions` has to wait for earlier ones;
  // remembers the step.
  bool NeedsBarrier(const std::vector<Region>& regions);

 private:
  std::vector<Region> touched_;  // since the last barrier
};

}  // namespace tenon

#endif  // TENON_SRC_HAZARDS_H_
