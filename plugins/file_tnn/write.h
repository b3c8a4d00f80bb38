// Writing a packed file.
#ifndef TENON_FILE_TNN_WRITE_H_
#define TENON_FILE_TNN_WRITE_H_

#include "tenon/model_file.h"
#include "tenon/status.h"

namespace tenon::tnn {

// As FileFormat::write.  The manifest, which has the checksums of all that
// follows, is written last.
Status Write(const ModelToWrite& model, ByteSink& sink);

}  // namespace tenon::tnn

#endif  // TENON_FILE_TNN_WRITE_H_
