// The plugin "file_gguf": GGUF versions 2 and 3, whole or in shards.
#ifndef TENON_FILE_GGUF_PLUGIN_H_
#define TENON_FILE_GGUF_PLUGIN_H_

#include "tenon/plugin.h"

namespace tenon {

extern const Plugin kFileGguf;

}  // namespace tenon

#endif  // TENON_FILE_GGUF_PLUGIN_H_
