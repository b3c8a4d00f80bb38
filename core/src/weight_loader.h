// Brings the weights of a file into the layouts that the binder chose.
#ifndef TENON_SRC_WEIGHT_LOADER_H_
#define TENON_SRC_WEIGHT_LOADER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "src/weight_parts.h"
#include "tenon/arena.h"
#include "tenon/model_file.h"
#include "tenon/model_loader.h"
#include "tenon/status.h"

namespace tenon {

struct LoadedWeights {
  std::vector<const std::byte*> data;  // one per weight of the graph
  std::vector<AlignedBuffer> owned;    // those that are not used in place
};

// Uses a weight where it lies if it is stored in the wanted layout and its
// source is mapped and aligned; asks for the bytes of the others in the order
// of the parts.  If most bytes have to be asked for, all are: a few small
// weights, used where they lie, would bring much of the file into memory, as a
// page comes with up to 2 MB around it.  What is stored as it is wanted goes
// straight to its place. The rest is asked for block of rows by block, and each
// block is repacked when it is there.  Peak: the weights plus one block, or two
// between two layouts that are both packed.
class WeightLoader {
 public:
  // `file` outlives the loader.  The parts' indices are 0, 1, ... in any order.
  WeightLoader(const ModelFile& file, std::vector<WeightPart> parts);

  // The next bytes, and where to put them; nothing once all weights are there.
  // Errors: kResourceExhausted.
  StatusOr<std::optional<WeightRequest>> Next();
  // The bytes of the last request are there.
  // Errors: kInvalidArgument, naming the tensor, for a wrong checksum.
  Status Written();

  uint64_t done() const { return done_; }  // bytes of the file
  uint64_t total() const { return total_; }
  LoadedWeights Take() { return std::move(loaded_); }

 private:
  // Where its bytes are if they can be used there; else null.
  const std::byte* InPlace(const WeightPart& part) const;
  Status Begin(const WeightPart& part);
  uint64_t BlockRows() const;
  WeightRequest RequestStored();
  WeightRequest RequestRows();
  void Repack();

  const ModelFile& file_;
  std::vector<WeightPart> parts_;
  bool uses_in_place_;
  size_t part_ = 0;  // the current one, and of it:
  std::byte* target_ = nullptr;
  std::span<std::byte> requested_;
  uint64_t at_ = 0;              // bytes that were written
  uint64_t row_ = 0, rows_ = 0;  // the first row and the count of the request
  Checksum checksum_;
  AlignedBuffer block_;  // bytes as the file has them, to be repacked
  AlignedBuffer rowed_;  // the same as canonical rows, to be packed
  uint64_t done_ = 0, total_ = 0;
  LoadedWeights loaded_;
};

}  // namespace tenon

#endif  // TENON_SRC_WEIGHT_LOADER_H_
