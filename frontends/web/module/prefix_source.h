// A file of which only the beginning is there yet.
#ifndef FRONTENDS_WEB_MODULE_PREFIX_SOURCE_H_
#define FRONTENDS_WEB_MODULE_PREFIX_SOURCE_H_

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "tenon/byte_source.h"

namespace tenon::web {

// The first bytes of a file, in memory that can grow.
struct Prefix {
  struct Free {
    void operator()(std::byte* p) const { std::free(p); }
  };
  std::unique_ptr<std::byte[], Free> bytes;
  size_t filled = 0;
  uint64_t wanted = 0;  // the most that was asked for and is not there

  // Makes room for `size` bytes; null if there is no memory.
  std::byte* Reserve(size_t size) {
    auto* grown = static_cast<std::byte*>(std::realloc(bytes.get(), size));
    if (grown == nullptr) return nullptr;
    static_cast<void>(bytes.release());  // realloc took it
    bytes.reset(grown);
    return grown;
  }
};

// Borrows the prefix, which outlives it and keeps its place.
class PrefixSource final : public ByteSource {
 public:
  PrefixSource(std::string name, uint64_t size, Prefix& prefix)
      : name_(std::move(name)), size_(size), prefix_(prefix) {}

  std::string_view name() const override { return name_; }
  uint64_t size() const override { return size_; }
  std::span<const std::byte> Front() const override {
    return {prefix_.bytes.get(), prefix_.filled};
  }

  Status Read(uint64_t offset, std::span<std::byte> out) override {
    TENON_RETURN_IF_ERROR(CheckInside(*this, offset, out.size()));
    const uint64_t end = offset + out.size();
    if (end > prefix_.filled) {
      prefix_.wanted = std::max(prefix_.wanted, end);
      return absl::UnavailableError(absl::StrCat(
          name_, ": only the first ", prefix_.filled, " bytes are there"));
    }
    std::memcpy(out.data(), prefix_.bytes.get() + offset, out.size());
    return absl::OkStatus();
  }

 private:
  std::string name_;
  uint64_t size_;
  Prefix& prefix_;
};

}  // namespace tenon::web

#endif  // FRONTENDS_WEB_MODULE_PREFIX_SOURCE_H_
