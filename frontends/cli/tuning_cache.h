// What was measured on this machine, kept from one run of the program to the
// next in the user's cache folder.
#ifndef TENON_CLI_TUNING_CACHE_H_
#define TENON_CLI_TUNING_CACHE_H_

#include <string>
#include <string_view>

#include "tenon/tuning.h"

namespace tenon::cli {

// One small file for each key and processor, in $XDG_CACHE_HOME/tenon or
// ~/.cache/tenon.  What cannot be read or written is measured every time.
class TuningCache : public TuningMemory {
 public:
  std::string Recall(std::string_view key) override;
  void Remember(std::string_view key, std::string_view text) override;
};

}  // namespace tenon::cli

#endif  // TENON_CLI_TUNING_CACHE_H_
