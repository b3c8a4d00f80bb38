// A file that appears whole or not at all.
#ifndef TENON_CLI_ATOMIC_FILE_H_
#define TENON_CLI_ATOMIC_FILE_H_

#include <memory>
#include <span>
#include <string>

#include "tenon/model_file.h"
#include "tenon/status.h"

namespace tenon::cli {

// Written beside `path` under another name, and renamed by Commit().  Without
// that the destructor removes it.
class AtomicFile final : public ByteSink {
 public:
  // Errors: kNotFound and kUnavailable, naming the path; this and all below.
  static StatusOr<std::unique_ptr<AtomicFile>> Create(const std::string& path);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile() override;

  Status Write(uint64_t offset, std::span<const std::byte> bytes) override;
  // On the disk, then in the place of whatever was called `path`.
  Status Commit();

 private:
  AtomicFile(std::string path, std::string temporary, int fd)
      : path_(std::move(path)), temporary_(std::move(temporary)), fd_(fd) {}
  Status Error(std::string_view what) const;

  std::string path_, temporary_;
  int fd_;
};

}  // namespace tenon::cli

#endif  // TENON_CLI_ATOMIC_FILE_H_
