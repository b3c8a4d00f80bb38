#include "cli/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace tenon::cli {
namespace {

constexpr size_t kMostBytes = size_t{1} << 30;  // of one pwrite

// What open() would give a new file: mkostemp() gives it to its owner alone.
mode_t UsualMode() {
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

// errno's reason.
Status ErrorAt(std::string_view path, std::string_view what) {
  const int code = errno;
  const std::string message =
      absl::StrCat(path, ": ", what, ": ", std::strerror(code));
  if (code == ENOENT || code == ENOTDIR) return absl::NotFoundError(message);
  return absl::UnavailableError(message);
}

}  // namespace

StatusOr<std::unique_ptr<AtomicFile>> AtomicFile::Create(
    const std::string& path) {
  std::string temporary = absl::StrCat(path, ".XXXXXX");
  const int fd = mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return ErrorAt(path, "cannot be written");
  std::unique_ptr<AtomicFile> file(new AtomicFile(path, temporary, fd));
  if (fchmod(fd, UsualMode()) != 0) return file->Error("cannot be written");
  return file;
}

AtomicFile::~AtomicFile() {
  if (fd_ >= 0) close(fd_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

Status AtomicFile::Error(std::string_view what) const {
  return ErrorAt(path_, what);
}

Status AtomicFile::Write(uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count =
        pwrite(fd_, bytes.data(), std::min(bytes.size(), kMostBytes),
               static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Error("cannot be written");
    bytes = bytes.subspan(static_cast<size_t>(count));
    offset += static_cast<uint64_t>(count);
  }
  return absl::OkStatus();
}

Status AtomicFile::Commit() {
  if (fsync(fd_) != 0) return Error("cannot be written");
  if (close(std::exchange(fd_, -1)) != 0) return Error("cannot be written");
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0)
    return Error("cannot be replaced");
  temporary_.clear();
  return absl::OkStatus();
}

}  // namespace tenon::cli
