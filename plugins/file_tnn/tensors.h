// The tensor table of a manifest.
#ifndef TENON_FILE_TNN_TENSORS_H_
#define TENON_FILE_TNN_TENSORS_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "file_tnn/schema/tnn_generated.h"
#include "tenon/model_file.h"
#include "tenon/status.h"

namespace tenon::tnn {

// Names borrow the manifest of `file`, whose data begin at `data_begin`;
// offsets count from the start of the file. Errors: kInvalidArgument, "FILE:
// tensor 'NAME' FIELD: what is wrong".
StatusOr<std::vector<TensorInfo>> ReadTensors(std::string_view file,
                                              const fb::Manifest& manifest,
                                              uint64_t data_begin);

using Tensors = flatbuffers::Vector<flatbuffers::Offset<fb::Tensor>>;
// Offsets of `tensors` count from the start of the data.
flatbuffers::Offset<Tensors> WriteTensors(
    std::span<const TensorInfo> tensors,
    flatbuffers::FlatBufferBuilder& builder);

}  // namespace tenon::tnn

#endif  // TENON_FILE_TNN_TENSORS_H_
