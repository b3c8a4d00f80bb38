#include "file_tnn/write.h"

#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "file_tnn/manifest.h"
#include "file_tnn/metadata.h"
#include "file_tnn/tensors.h"
#include "tenon/model_file.h"

namespace tenon::tnn {
namespace {

// Gives the tensors their offsets from the start of the data; -> where these
// end.
uint64_t Place(std::vector<TensorInfo>& tensors) {
  uint64_t end = 0;
  for (TensorInfo& tensor : tensors) {
    tensor.offset = AlignUp(end);
    end = tensor.offset + tensor.bytes;
  }
  return end;
}

// The manifest with its size before and its checksum behind it.  As long with
// any checksums of tensors: every field is written, zeros too.
std::vector<std::byte> FrontOf(const Metadata& metadata,
                               std::span<const TensorInfo> tensors,
                               uint64_t data_bytes) {
  flatbuffers::FlatBufferBuilder builder;
  builder.ForceDefaults(true);
  const auto entries = WriteMetadata(metadata, builder);
  const auto table = WriteTensors(tensors, builder);
  fb::FinishSizePrefixedManifestBuffer(
      builder,
      fb::CreateManifest(builder, kVersion, entries, table, data_bytes));
  const auto manifest =
      std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
  const uint64_t checksum = ChecksumOf(manifest);
  std::vector<std::byte> front(manifest.begin(), manifest.end());
  front.resize(DataBegin(manifest.size()));
  std::memcpy(front.data() + manifest.size(), &checksum, sizeof(checksum));
  return front;
}

// FlatBuffers count in 32 bits: more than would fit must not reach them.
Status CheckFits(const Metadata& metadata) {
  uint64_t bytes = 0;
  for (const Metadata::Entry& entry : metadata.entries()) {
    bytes += entry.key.size();
    if (const auto* text = std::get_if<std::string_view>(&entry.value))
      bytes += text->size();
    if (const auto* numbers = std::get_if<NumberArray>(&entry.value))
      bytes += numbers->bytes.size();
    if (const auto* texts =
            std::get_if<std::vector<std::string_view>>(&entry.value))
      for (const std::string_view t : *texts) bytes += t.size() + 16;
  }
  if (bytes < kMaxManifestBytes / 2) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the metadata take ", bytes, " bytes, far too many for a manifest"));
}

}  // namespace

Status Write(const ModelToWrite& model, ByteSink& sink) {
  TENON_RETURN_IF_ERROR(CheckFits(*model.metadata));
  std::vector<TensorInfo> tensors = model.tensors;
  const uint64_t data_bytes = Place(tensors);
  const auto front = [&] {
    return FrontOf(*model.metadata, tensors, data_bytes);
  };
  const uint64_t data_begin = front().size();
  for (size_t i = 0; i < tensors.size(); ++i) {
    TENON_ASSIGN_OR_RETURN(const auto bytes, model.bytes_of(i));
    tensors[i].checksum = ChecksumOf(bytes);
    TENON_RETURN_IF_ERROR(sink.Write(data_begin + tensors[i].offset, bytes));
  }
  return sink.Write(0, front());
}

}  // namespace tenon::tnn
