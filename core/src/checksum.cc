#include "src/checksum.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tenon/arena.h"

namespace tenon {
namespace {

constexpr uint64_t kBlockBytes = uint64_t{1} << 20;

// Reads past a mapping, whose pages would stay in memory.
StatusOr<uint32_t> Crc32cOf(ByteSource& source, const TensorInfo& tensor,
                            std::span<std::byte> block) {
  uint32_t crc32c = 0;
  for (uint64_t at = 0; at < tensor.bytes; at += block.size()) {
    const auto part =
        block.first(std::min<uint64_t>(block.size(), tensor.bytes - at));
    TENON_RETURN_IF_ERROR(source.Read(tensor.offset + at, part));
    crc32c = ExtendCrc32c(crc32c, part);
  }
  return crc32c;
}

}  // namespace

Status CheckCrc32c(const TensorInfo& tensor, uint32_t actual) {
  if (!tensor.crc32c || *tensor.crc32c == actual) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "tensor '", tensor.name, "': its bytes were changed: their checksum is ",
      absl::Hex(actual, absl::kZeroPad8), ", the file says ",
      absl::Hex(*tensor.crc32c, absl::kZeroPad8)));
}

StatusOr<uint64_t> VerifyChecksums(const ModelFile& file,
                                   const VerifyOptions& options) {
  TENON_ASSIGN_OR_RETURN(
      AlignedBuffer block,
      AlignedBuffer::Allocate(kBlockBytes, "a block of weights to verify"));
  uint64_t verified = 0, done = 0, total = 0;
  for (const TensorInfo& tensor : file.tensors) total += tensor.bytes;
  for (const TensorInfo& tensor : file.tensors) {
    if (options.cancel != nullptr && options.cancel->load())
      return absl::CancelledError("verifying was cancelled");
    if (options.progress) options.progress(done, total);
    done += tensor.bytes;
    if (!tensor.crc32c) continue;
    TENON_ASSIGN_OR_RETURN(
        const uint32_t actual,
        Crc32cOf(*file.sources[tensor.source], tensor, block.bytes()));
    const Status status = CheckCrc32c(tensor, actual);
    if (!status.ok()) return file.Blame(status);
    ++verified;
  }
  return verified;
}

}  // namespace tenon
