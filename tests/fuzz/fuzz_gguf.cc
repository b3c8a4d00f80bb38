// Opens arbitrary bytes as a GGUF file, then reads all that it claims to have.
#include <cstddef>
#include <cstdint>
#include <span>

#include "fuzz/use_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tenon::OpenAndUse(std::as_bytes(std::span(data, size)));
  return 0;
}
