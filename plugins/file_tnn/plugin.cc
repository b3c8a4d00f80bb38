#include "file_tnn/plugin.h"

#include "file_tnn/open.h"
#include "file_tnn/write.h"
#include "tenon/model_file.h"

namespace tenon {
namespace {

#ifdef __EMSCRIPTEN__  // a page has nowhere to write to
constexpr FileFormat kFormat{&tnn::LooksLikeTnn, &tnn::Open};
#else
constexpr FileFormat kFormat{&tnn::LooksLikeTnn, &tnn::Open, ".tnn",
                             &tnn::Write};
#endif

}  // namespace

extern constinit const Plugin kFileTnn{
    "file_tnn", "packed models: a manifest, then weights as backends want them",
    &kFormat};

}  // namespace tenon
