#include "tenon/byte_source.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

#if defined(__unix__) && !defined(__EMSCRIPTEN__) || defined(__APPLE__)
#define TENON_HAS_MMAP 1
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#endif

namespace tenon {
namespace {

// Bytes that are all in memory.
class MemorySource : public ByteSource {
 public:
  MemorySource(std::string name, std::span<const std::byte> bytes)
      : name_(std::move(name)), bytes_(bytes) {}

  std::string_view name() const override { return name_; }
  uint64_t size() const override { return bytes_.size(); }
  std::span<const std::byte> Mapped() const override { return bytes_; }

  Status Read(uint64_t offset, std::span<std::byte> out) override {
    if (offset > size() || out.size() > size() - offset) {
      return absl::InvalidArgumentError(
          absl::StrCat(name_, ": ", out.size(), " bytes at byte ", offset,
                       " are beyond its ", size(), " bytes"));
    }
    if (out.empty()) return absl::OkStatus();
    std::memcpy(out.data(), bytes_.data() + offset, out.size());
    return absl::OkStatus();
  }

 private:
  std::string name_;
  std::span<const std::byte> bytes_;
};

#ifdef TENON_HAS_MMAP

class MappedFile final : public MemorySource {
 public:
  using MemorySource::MemorySource;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() override {
    const auto bytes = Mapped();
    if (bytes.empty()) return;
    munmap(const_cast<std::byte*>(bytes.data()), bytes.size());
  }
};

// An open file descriptor; closed at the end of the scope.
struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) close(fd);
  }
};

// The reason is errno's.
Status IoError(const std::string& path, std::string_view what) {
  const int code = errno;
  const std::string message = absl::StrCat(
      path, ": ", what, ": ", std::generic_category().message(code));
  if (code == ENOENT || code == ENOTDIR) return absl::NotFoundError(message);
  return absl::UnavailableError(message);
}

// The size of an open file, which has to be a regular one.
StatusOr<size_t> SizeOf(const Descriptor& file, const std::string& path) {
  struct stat status;
  if (fstat(file.fd, &status) != 0) return IoError(path, "cannot be examined");
  if (S_ISDIR(status.st_mode)) {
    return absl::UnavailableError(absl::StrCat(path, ": is a directory"));
  }
  if (!S_ISREG(status.st_mode)) {
    return absl::UnavailableError(absl::StrCat(path, ": is not a file"));
  }
  if (!std::in_range<size_t>(status.st_size)) {
    return absl::UnavailableError(
        absl::StrCat(path, ": its ", status.st_size,
                     " bytes are more than this program can address"));
  }
  return static_cast<size_t>(status.st_size);
}

#endif  // TENON_HAS_MMAP

}  // namespace

std::unique_ptr<ByteSource> FromMemory(std::string name,
                                       std::span<const std::byte> bytes) {
  return std::make_unique<MemorySource>(std::move(name), bytes);
}

#ifdef TENON_HAS_MMAP

StatusOr<std::unique_ptr<ByteSource>> MapFile(const std::string& path) {
  // Non-blocking: opening a pipe would wait for a writer.
  const Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0) return IoError(path, "cannot be opened");
  TENON_ASSIGN_OR_RETURN(const size_t size, SizeOf(file, path));
  if (size == 0) return FromMemory(path, {});

  void* start = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.fd, 0);
  if (start == MAP_FAILED) return IoError(path, "cannot be mapped");
  auto source = std::make_unique<MappedFile>(
      path, std::span(static_cast<const std::byte*>(start), size));
  TENON_ASSIGN_OR_RETURN(const size_t size_now, SizeOf(file, path));
  if (size_now != size) {
    return absl::UnavailableError(absl::StrCat(path, ": changed its size from ",
                                               size, " to ", size_now,
                                               " bytes while it was opened"));
  }
  return source;
}

#else

StatusOr<std::unique_ptr<ByteSource>> MapFile(const std::string& path) {
  return absl::UnavailableError(
      absl::StrCat(path, ": this build cannot map files"));
}

#endif  // TENON_HAS_MMAP

}  // namespace tenon
