#include <new>

#include "tenon/model_file.h"

#define XXH_INLINE_ALL
#define XXH_NO_XXH3
#include "xxhash.h"

namespace tenon {
namespace {

XXH64_state_t& StateIn(std::byte* memory) {
  return *std::launder(reinterpret_cast<XXH64_state_t*>(memory));
}

}  // namespace

Checksum::Checksum() {
  static_assert(sizeof(state_) == sizeof(XXH64_state_t));
  XXH64_reset(new (state_) XXH64_state_t, 0);
}

void Checksum::Add(std::span<const std::byte> bytes) {
  XXH64_update(&StateIn(state_), bytes.data(), bytes.size());
}

uint64_t Checksum::value() const {
  return XXH64_digest(
      std::launder(reinterpret_cast<const XXH64_state_t*>(state_)));
}

uint64_t ChecksumOf(std::span<const std::byte> bytes) {
  Checksum checksum;
  checksum.Add(bytes);
  return checksum.value();
}

}  // namespace tenon
