// Packed files in memory, good and bad.
#ifndef TENON_FILE_TNN_FILE_FOR_TEST_H_
#define TENON_FILE_TNN_FILE_FOR_TEST_H_

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "file_tnn/manifest.h"
#include "file_tnn/metadata.h"
#include "file_tnn/open.h"
#include "file_tnn/plugin.h"
#include "file_tnn/tensors.h"
#include "file_tnn/write.h"
#include "support/memory_file.h"
#include "tenon/model_file.h"
#include "tenon/registry.h"

namespace tenon::tnn {

using Bytes = std::vector<std::byte>;

using testing_support::MemorySink;
using testing_support::UnmappedSource;

// As the file "f".  The bytes outlive the result.
inline StatusOr<ModelFile> OpenBytes(std::span<const std::byte> bytes) {
  return Open(FromMemory("f", bytes), {}, {});
}

inline TensorInfo TensorOf(std::string_view name, DType dtype,
                           std::array<uint64_t, 4> dims, uint32_t n_dims) {
  TensorInfo tensor{name, dtype, dims, n_dims, 0, 0, 0};
  tensor.bytes = tensor.rows() * RowBytes(dtype, tensor.cols());
  return tensor;
}

// Three tensors, one of them packed.  Bytes of tensor i are i + 1.
inline std::vector<TensorInfo> SmallTensors() {
  std::vector<TensorInfo> tensors = {
      TensorOf("a.weight", DType::kF32, {4, 2, 1, 1}, 2),
      TensorOf("b.weight", DType::kQ8_0, {32, 3, 2, 1}, 3),
      TensorOf("c.weight", DType::kQ4_0, {32, 9, 1, 1}, 2)};
  tensors[2].layout = "q4_0_rows8";
  tensors[2].bytes = 320;
  return tensors;
}

inline Metadata SmallMetadata() {
  static constexpr uint16_t kNumbers[] = {7, 65535};
  Metadata metadata;
  const auto add = [&](std::string_view key, MetaValue value) {
    EXPECT_TRUE(metadata.Add(key, std::move(value)).ok());
  };
  add("general.architecture", std::string_view("llama"));
  add("uint", uint64_t{1} << 63);
  add("int", int64_t{-5});
  add("float", 0.25);
  add("bool", true);
  add("zero", uint64_t{0});
  add("numbers", NumberArray{NumberArray::Element::kUint, 2,
                             std::as_bytes(std::span(kNumbers))});
  add("texts", std::vector<std::string_view>{"x", "", "y\0z"});
  return metadata;
}

inline Bytes WriteFile(const Metadata& metadata,
                       std::vector<TensorInfo> tensors) {
  Bytes bytes;
  const auto bytes_of = [&](size_t i) -> StatusOr<std::span<const std::byte>> {
    bytes.assign(tensors[i].bytes, static_cast<std::byte>(i + 1));
    return std::span<const std::byte>(bytes);
  };
  MemorySink sink;
  const Status status = Write({&metadata, tensors, bytes_of}, sink);
  EXPECT_TRUE(status.ok()) << status;
  return std::move(sink.file);
}

inline Bytes SmallFile() { return WriteFile(SmallMetadata(), SmallTensors()); }

inline uint64_t ManifestBytes(const Bytes& file) {
  uint32_t size;
  std::memcpy(&size, file.data(), sizeof(size));
  return size + kSizeBytes;
}

// With the checksum that the manifest ought to have, if there is one.
inline Bytes Sealed(Bytes file) {
  if (file.size() < kSizeBytes) return file;
  const uint64_t size = ManifestBytes(file);
  if (size + kChecksumBytes > file.size()) return file;
  const uint64_t checksum = ChecksumOf(std::span(file).first(size));
  std::memcpy(&file[size], &checksum, sizeof(checksum));
  return file;
}

}  // namespace tenon::tnn

#endif  // TENON_FILE_TNN_FILE_FOR_TEST_H_
