#include "tenon/byte_source.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

#if defined(__unix__) || defined(__APPLE__) || defined(__EMSCRIPTEN__)
#define TENON_HAS_POSIX_FILES 1
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#ifndef __EMSCRIPTEN__  // its mmap is a copy of the file
#define TENON_HAS_MMAP 1
#include <sys/mman.h>
#endif
#endif

namespace tenon {

Status CheckInside(const ByteSource& source, uint64_t offset, uint64_t count) {
  const uint64_t size = source.size();
  if (offset <= size && count <= size - offset) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(source.name(), ": ", count, " bytes at byte ", offset,
                   " are beyond its ", size, " bytes"));
}

namespace {

// Bytes that are all in memory.
class MemorySource final : public ByteSource {
 public:
  MemorySource(std::string name, std::span<const std::byte> bytes)
      : name_(std::move(name)), bytes_(bytes) {}

  std::string_view name() const override { return name_; }
  uint64_t size() const override { return bytes_.size(); }
  std::span<const std::byte> Mapped() const override { return bytes_; }

  Status Read(uint64_t offset, std::span<std::byte> out) override {
    TENON_RETURN_IF_ERROR(CheckInside(*this, offset, out.size()));
    if (out.empty()) return absl::OkStatus();
    std::memcpy(out.data(), bytes_.data() + offset, out.size());
    return absl::OkStatus();
  }

 private:
  std::string name_;
  std::span<const std::byte> bytes_;
};

#ifdef TENON_HAS_POSIX_FILES

// An open file descriptor; closed by its last owner.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

// The reason is errno's.
Status IoError(std::string_view path, std::string_view what) {
  const int code = errno;
  const std::string message = absl::StrCat(
      path, ": ", what, ": ", std::generic_category().message(code));
  if (code == ENOENT || code == ENOTDIR) return absl::NotFoundError(message);
  return absl::UnavailableError(message);
}

StatusOr<Descriptor> Open(const std::string& path) {
  // Non-blocking: opening a pipe would wait for a writer.
  Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return IoError(path, "cannot be opened");
  return file;
}

// The size of an open file, which has to be a regular one.
StatusOr<uint64_t> SizeOf(const Descriptor& file, const std::string& path) {
  struct stat status;
  if (fstat(file.get(), &status) != 0)
    return IoError(path, "cannot be examined");
  if (S_ISDIR(status.st_mode)) {
    return absl::UnavailableError(absl::StrCat(path, ": is a directory"));
  }
  if (!S_ISREG(status.st_mode)) {
    return absl::UnavailableError(absl::StrCat(path, ": is not a file"));
  }
  return static_cast<uint64_t>(status.st_size);
}

// A file that is read as it is asked for.
class UnmappedFile : public ByteSource {
 public:
  UnmappedFile(std::string path, Descriptor file, uint64_t size)
      : path_(std::move(path)), file_(std::move(file)), size_(size) {}

  std::string_view name() const override { return path_; }
  uint64_t size() const override { return size_; }
  StatusOr<uint64_t> SizeNow() const { return SizeOf(file_, path_); }

  Status Read(uint64_t offset, std::span<std::byte> out) override {
    TENON_RETURN_IF_ERROR(CheckInside(*this, offset, out.size()));
    while (!out.empty()) {
      const ssize_t count =
          pread(file_.get(), out.data(), std::min(out.size(), kMostBytes),
                static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return IoError(path_, "cannot be read");
      if (count == 0) {
        return absl::UnavailableError(
            absl::StrCat(path_, ": ends at byte ", offset, ", not at byte ",
                         size_, " as when it was opened"));
      }
      out = out.subspan(static_cast<size_t>(count));
      offset += static_cast<uint64_t>(count);
    }
    return absl::OkStatus();
  }

 private:
  static constexpr size_t kMostBytes = size_t{1} << 30;  // of one pread

  std::string path_;
  Descriptor file_;
  uint64_t size_;
};

#endif  // TENON_HAS_POSIX_FILES

#ifdef TENON_HAS_MMAP

// Read() copies past the mapping, whose pages would stay in memory.
class MappedFile final : public UnmappedFile {
 public:
  MappedFile(std::string path, Descriptor file,
             std::span<const std::byte> bytes)
      : UnmappedFile(std::move(path), std::move(file), bytes.size()),
        bytes_(bytes) {}
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() override {
    munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
  }
  std::span<const std::byte> Mapped() const override { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

#endif  // TENON_HAS_MMAP

}  // namespace

std::unique_ptr<ByteSource> FromMemory(std::string name,
                                       std::span<const std::byte> bytes) {
  return std::make_unique<MemorySource>(std::move(name), bytes);
}

#ifdef TENON_HAS_MMAP

StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::string& path) {
  TENON_ASSIGN_OR_RETURN(Descriptor file, Open(path));
  TENON_ASSIGN_OR_RETURN(const uint64_t size, SizeOf(file, path));
  if (size == 0) return FromMemory(path, {});
  if (!std::in_range<size_t>(size)) {
    return absl::UnavailableError(absl::StrCat(
        path, ": its ", size, " bytes are more than this program can address"));
  }
  void* start = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (start == MAP_FAILED) return IoError(path, "cannot be mapped");
  auto source = std::make_unique<MappedFile>(
      path, std::move(file),
      std::span(static_cast<const std::byte*>(start), size));
  TENON_ASSIGN_OR_RETURN(const uint64_t size_now, source->SizeNow());
  if (size_now != size) {
    return absl::UnavailableError(absl::StrCat(path, ": changed its size from ",
                                               size, " to ", size_now,
                                               " bytes while it was opened"));
  }
  return source;
}

#else

StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::string& path) {
  return OpenUnmappedFile(path);
}

#endif  // TENON_HAS_MMAP

StatusOr<std::unique_ptr<ByteSource>> OpenUnmappedFile(
    const std::string& path) {
#ifdef TENON_HAS_POSIX_FILES
  TENON_ASSIGN_OR_RETURN(Descriptor file, Open(path));
  TENON_ASSIGN_OR_RETURN(const uint64_t size, SizeOf(file, path));
  return std::make_unique<UnmappedFile>(path, std::move(file), size);
#else
  return absl::UnavailableError(
      absl::StrCat(path, ": this build cannot open files"));
#endif
}

}  // namespace tenon
