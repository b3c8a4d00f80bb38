// A model file: metadata and a table of tensors over one or more ByteSources.
// Reading one never trusts it: every offset, count and size has been checked
// against the bytes that are really there before a ModelFile exists.
#ifndef TENON_MODEL_FILE_H_
#define TENON_MODEL_FILE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/byte_source.h"
#include "tenon/dtype.h"
#include "tenon/log_hook.h"
#include "tenon/metadata.h"
#include "tenon/status.h"

namespace tenon {

// One tensor.  Dimensions as GGUF lists them: dims[0] is the row length and
// varies fastest; unused dimensions are 1.
struct TensorInfo {
  std::string_view name;
  DType dtype;
  std::array<uint64_t, 4> dims;  // each >= 1
  uint32_t n_dims;               // 1..4
  uint32_t source;               // index into ModelFile::sources()
  uint64_t offset;               // bytes from the start of that source
  uint64_t bytes;                // as stored
  // The id of the PackedLayout that it is stored in; empty: canonical rows,
  // each of RowBytes(dtype, cols()).  Only of a canonical tensor is `bytes`
  // known to be right for its shape.
  std::string_view layout = {};
  std::optional<uint64_t> checksum = std::nullopt;  // of the stored bytes

  uint64_t cols() const { return dims[0]; }
  uint64_t rows() const { return dims[1] * dims[2] * dims[3]; }
};

// Everything in it borrows from the sources that it owns.  Immutable.
struct ModelFile {
  std::vector<std::unique_ptr<ByteSource>> sources;   // one per shard
  std::vector<std::unique_ptr<std::byte[]>> headers;  // of unmapped sources
  Metadata metadata;
  std::vector<TensorInfo> tensors;  // in file order, names unique
  std::string_view format;          // "GGUF v3"

  const TensorInfo* Find(std::string_view name) const;
  uint64_t TotalBytes() const;  // of all sources
  // "model.gguf": of the first source.
  std::string_view name() const { return sources.front()->name(); }
  // The error with the file's name in front.
  Status Blame(const Status& error) const;
};

// XXH64 with seed 0 (https://xxhash.com) of bytes that come in pieces: the
// checksum of packed files.  It finds accidents, not forgeries.
class Checksum {
 public:
  Checksum();
  void Add(std::span<const std::byte> bytes);
  uint64_t value() const;  // of all bytes so far

 private:
  alignas(8) std::byte state_[88];
};

uint64_t ChecksumOf(std::span<const std::byte> bytes);

struct VerifyOptions {
  std::function<void(uint64_t done, uint64_t total)> progress;  // bytes
  const std::atomic<bool>* cancel = nullptr;  // checked between tensors
};

// Reads every tensor that has a checksum; -> how many there are.  Loading
// verifies what it reads, but a mapped weight is used without being read.
// Errors: kInvalidArgument, naming the tensor; kUnavailable, kCancelled.
StatusOr<uint64_t> VerifyChecksums(const ModelFile& file,
                                   const VerifyOptions& options);

// A model as a file format is to write it.
struct ModelToWrite {
  const Metadata* metadata;
  // Names, types, shapes, layouts and sizes, in the order of the file.
  std::vector<TensorInfo> tensors;
  // The bytes of tensors[i], valid until the next call.  Asked for once each,
  // in order.
  std::function<StatusOr<std::span<const std::byte>>(size_t i)> bytes_of;
};

// Where a file goes.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  // Errors: kUnavailable, naming the file.
  virtual Status Write(uint64_t offset, std::span<const std::byte> bytes) = 0;
};

// What a file format plugin brings.
struct FileFormat {
  // Whether the first bytes (at least 16, unless the file is shorter) look like
  // this format.
  bool (*recognises)(std::span<const std::byte> head) noexcept;
  // Parses and checks the header; never reads tensor data.
  // Errors: kInvalidArgument "FILE: FIELD at byte N: what is wrong".
  StatusOr<ModelFile> (*open)(std::unique_ptr<ByteSource> source,
                              const SiblingOpener& siblings,
                              const LogHook& log);
  // How names of files that `write` makes end, ".tnn"; nullptr: it only reads.
  const char* suffix = nullptr;
  // Writes a whole file.
  // Errors: those of `model` and `sink`; kInvalidArgument for a model that the
  // format cannot hold.
  Status (*write)(const ModelToWrite& model, ByteSink& sink) = nullptr;
};

class Registry;

// Opens `path` with the linked format that recognises it.
// Errors: as OpenFile and FileFormat::open; kInvalidArgument if no linked
// format knows the file.
StatusOr<ModelFile> OpenModelFile(const Registry& registry,
                                  const std::string& path,
                                  const LogHook& log = {});
StatusOr<ModelFile> OpenModelFile(const Registry& registry,
                                  std::unique_ptr<ByteSource> source,
                                  const SiblingOpener& siblings,
                                  const LogHook& log = {});

}  // namespace tenon

#endif  // TENON_MODEL_FILE_H_
