// The plugin "file_tnn": packed model files, docs/packed-files.md.
#ifndef TENON_FILE_TNN_PLUGIN_H_
#define TENON_FILE_TNN_PLUGIN_H_

#include "tenon/plugin.h"

namespace tenon {

extern const Plugin kFileTnn;

}  // namespace tenon

#endif  // TENON_FILE_TNN_PLUGIN_H_
