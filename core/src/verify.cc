#include "src/verify.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tenon/arena.h"

namespace tenon {
namespace {

constexpr uint64_t kPieceBytes = uint64_t{1} << 20;

// Reads past a mapping, whose pages would stay in memory.
StatusOr<uint64_t> ReadChecksum(ByteSource& source, const TensorInfo& tensor,
                                std::span<std::byte> block) {
  Checksum checksum;
  for (uint64_t at = 0; at < tensor.bytes; at += block.size()) {
    const auto part =
        block.first(std::min<uint64_t>(block.size(), tensor.bytes - at));
    TENON_RETURN_IF_ERROR(source.Read(tensor.offset + at, part));
    checksum.Add(part);
  }
  return checksum.value();
}

}  // namespace

Status CheckChecksum(const TensorInfo& tensor, uint64_t actual) {
  if (!tensor.checksum || *tensor.checksum == actual) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "tensor '", tensor.name, "': its bytes were changed: their checksum is ",
      absl::Hex(actual, absl::kZeroPad16), ", the file says ",
      absl::Hex(*tensor.checksum, absl::kZeroPad16)));
}

StatusOr<uint64_t> VerifyChecksums(const ModelFile& file,
                                   const VerifyOptions& options) {
  TENON_ASSIGN_OR_RETURN(
      AlignedBuffer block,
      AlignedBuffer::Allocate(kPieceBytes, "a block of weights to verify"));
  uint64_t verified = 0, done = 0, total = 0;
  for (const TensorInfo& tensor : file.tensors) total += tensor.bytes;
  for (const TensorInfo& tensor : file.tensors) {
    if (options.cancel != nullptr && options.cancel->load())
      return absl::CancelledError("verifying was cancelled");
    if (options.progress) options.progress(done, total);
    done += tensor.bytes;
    if (!tensor.checksum) continue;
    TENON_ASSIGN_OR_RETURN(
        const uint64_t actual,
        ReadChecksum(*file.sources[tensor.source], tensor, block.bytes()));
    const Status status = CheckChecksum(tensor, actual);
    if (!status.ok()) return file.Blame(status);
    ++verified;
  }
  return verified;
}

}  // namespace tenon
