// The memory that one session's steps work in.
#ifndef TENON_SRC_WORKSPACE_H_
#define TENON_SRC_WORKSPACE_H_

#include <cstdint>
#include <vector>

#include "tenon/arena.h"
#include "tenon/bind.h"
#include "tenon/executor.h"
#include "tenon/status.h"

namespace tenon {

struct Workspace {
  // For a context of `positions`, on so many workers.
  // Errors: kResourceExhausted.
  static StatusOr<Workspace> Allocate(const BoundGraph& bound,
                                      uint32_t positions, uint32_t workers);

  Scratch scratch() noexcept { return {scratches.data(), scratch_stride}; }

  std::vector<AlignedBuffer> states;    // one per state of the graph
  std::vector<std::byte*> state_bases;  // their addresses
  AlignedBuffer activations;            // of either plan
  AlignedBuffer scratches;              // one per worker
  size_t scratch_stride = 0;            // bytes of each
};

}  // namespace tenon

#endif  // TENON_SRC_WORKSPACE_H_
