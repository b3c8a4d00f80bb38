// Metadata in a manifest.
#ifndef TENON_FILE_TNN_METADATA_H_
#define TENON_FILE_TNN_METADATA_H_

#include <string_view>

#include "file_tnn/schema/tnn_generated.h"
#include "tenon/metadata.h"
#include "tenon/status.h"

namespace tenon::tnn {

// Borrows the manifest of `file`.
// Errors: kInvalidArgument, "FILE: metadata 'KEY': what is wrong".
StatusOr<Metadata> ReadMetadata(std::string_view file,
                                const fb::Manifest& manifest);

using Entries = flatbuffers::Vector<flatbuffers::Offset<fb::Entry>>;
flatbuffers::Offset<Entries> WriteMetadata(
    const Metadata& metadata, flatbuffers::FlatBufferBuilder& builder);

}  // namespace tenon::tnn

#endif  // TENON_FILE_TNN_METADATA_H_
