#include "file_tnn/plugin.h"

#include "file_tnn/open.h"
#include "file_tnn/write.h"
#include "tenon/model_file.h"

namespace tenon {
namespace {

constexpr FileFormat kFormat{&tnn::LooksLikeTnn, &tnn::Open, ".tnn",
                             &tnn::Write};

}  // namespace

extern constinit const Plugin kFileTnn{
    "file_tnn", "packed models: a manifest, then weights as backends want them",
    &kFormat};

}  // namespace tenon
