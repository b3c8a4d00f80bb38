// Packing: a model file written anew with its weights in the layouts that the
// backends want, so that loading it only has to find them.
#ifndef TENON_PACK_H_
#define TENON_PACK_H_

#include "tenon/model.h"
#include "tenon/model_file.h"
#include "tenon/registry.h"
#include "tenon/status.h"

namespace tenon {

// Binds `file` as Model::Load would with the same options, and writes it in
// `format`, each weight in the layout that it was bound with, everything else
// as it is stored.  Peak: the largest tensor. Of the options, `progress` counts
// bytes of the file. REQUIRES: format.write != nullptr Errors: as Model::Load
// and FileFormat::write; kInvalidArgument if the file has checksums and its
// bytes have others.
Status PackModel(const Registry& registry, ModelFile file,
                 const LoadOptions& options, const FileFormat& format,
                 ByteSink& sink);

}  // namespace tenon

#endif  // TENON_PACK_H_
