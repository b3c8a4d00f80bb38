#include "support/gguf_writer.h"
