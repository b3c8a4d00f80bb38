// Files in memory: read without a mapping, and written.
#ifndef TENON_TESTS_SUPPORT_MEMORY_FILE_H_
#define TENON_TESTS_SUPPORT_MEMORY_FILE_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "tenon/byte_source.h"
#include "tenon/model_file.h"

namespace tenon::testing_support {

// Hides the mapping of another source, and notes how far it was read.
class UnmappedSource final : public ByteSource {
 public:
  // `read_up_to`, if not null, outlives the source.
  explicit UnmappedSource(std::unique_ptr<ByteSource> source,
                          uint64_t* read_up_to = nullptr)
      : source_(std::move(source)), read_up_to_(read_up_to) {}

  std::string_view name() const override { return source_->name(); }
  uint64_t size() const override { return source_->size(); }
  Status Read(uint64_t offset, std::span<std::byte> out) override {
    if (read_up_to_ != nullptr)
      *read_up_to_ = std::max<uint64_t>(*read_up_to_, offset + out.size());
    return source_->Read(offset, out);
  }

 private:
  std::unique_ptr<ByteSource> source_;
  uint64_t* read_up_to_;
};

class MemorySink final : public ByteSink {
 public:
  Status Write(uint64_t offset, std::span<const std::byte> bytes) override {
    file.resize(std::max<size_t>(file.size(), offset + bytes.size()));
    std::ranges::copy(bytes, &file[offset]);
    return absl::OkStatus();
  }

  std::vector<std::byte> file;
};

}  // namespace tenon::testing_support

#endif  // TENON_TESTS_SUPPORT_MEMORY_FILE_H_
