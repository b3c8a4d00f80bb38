#include "src/workspace.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace tenon {

StatusOr<Workspace> Workspace::Allocate(const BoundGraph& bound,
                                        uint32_t positions, uint32_t workers) {
  Workspace space;
  for (const StateSpec& spec : bound.graph.states) {
    TENON_ASSIGN_OR_RETURN(
        AlignedBuffer state,
        AlignedBuffer::Allocate(spec.Bytes(positions),
                                absl::StrCat("state ", spec.name)));
    space.state_bases.push_back(state.data());
    space.states.push_back(std::move(state));
  }
  TENON_ASSIGN_OR_RETURN(
      space.activations,
      AlignedBuffer::Allocate(
          std::max(bound.prefill.arena_bytes, bound.decode.arena_bytes),
          "activations"));
  const uint64_t scratch = bound.ScratchBytes(positions);
  TENON_ASSIGN_OR_RETURN(
      space.scratches,
      AlignedBuffer::Allocate(scratch * workers, "scratch memory"));
  space.scratch_stride = static_cast<size_t>(scratch);
  return space;
}

}  // namespace tenon
