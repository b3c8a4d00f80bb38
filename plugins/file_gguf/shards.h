// Models in one file or in several: "name-00001-of-00003.gguf" and so on.  The
// first shard has the metadata of the model; each has a header and data of its
// own.
#ifndef TENON_FILE_GGUF_SHARDS_H_
#define TENON_FILE_GGUF_SHARDS_H_

#include <memory>

#include "tenon/byte_source.h"
#include "tenon/model_file.h"
#include "tenon/status.h"

namespace tenon::gguf {

// Opens the model that begins in `source`, and its other shards through
// `siblings`.
// Errors: as ReadHeader; kInvalidArgument when `source` is not the first shard,
// when shards contradict each other, or when two tensors have one name; those
// of `siblings` for a shard that is missing.
StatusOr<ModelFile> OpenShards(std::unique_ptr<ByteSource> source,
                               const SiblingOpener& siblings);

}  // namespace tenon::gguf

#endif  // TENON_FILE_GGUF_SHARDS_H_
