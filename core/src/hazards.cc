#include "src/hazards.h"

#include <algorithm>

namespace tenon {
namespace {

bool Conflict(const Region& a, const Region& b) {
  return (a.written || b.written) && a.space == b.space && a.begin < b.end &&
         b.begin < a.end;
}

}  // namespace

bool Hazards::NeedsBarrier(const std::vector<Region>& regions) {
  const bool conflict = std::ranges::any_of(regions, [&](const Region& r) {
    return std::ranges::any_of(touched_,
                               [&](const Region& t) { return Conflict(r, t); });
  });
  if (conflict) touched_.clear();
  touched_.insert(touched_.end(), regions.begin(), regions.end());
  return conflict;
}

}  // namespace tenon
