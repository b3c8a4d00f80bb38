// Opens arbitrary bytes, with the right checksum, as a packed file, then reads
// all that it claims to have.
#include <cstring>
#include <span>
#include <vector>

#include "fuzz/use_file.h"
#include "tenon/model_file.h"

namespace tenon {
namespace {

// No fuzzer guesses a checksum.
void Seal(std::span<std::byte> file) {
  uint32_t size;
  if (file.size() < sizeof(size)) return;
  std::memcpy(&size, file.data(), sizeof(size));
  const uint64_t manifest = sizeof(size) + uint64_t{size};
  if (manifest + sizeof(uint64_t) > file.size()) return;
  const uint64_t checksum =
      ChecksumOf(file.first(static_cast<size_t>(manifest)));
  std::memcpy(&file[manifest], &checksum, sizeof(checksum));
}

}  // namespace
}  // namespace tenon

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  std::vector<std::byte> file(bytes.begin(), bytes.end());
  tenon::Seal(file);
  tenon::OpenAndUse(file);
  return 0;
}
