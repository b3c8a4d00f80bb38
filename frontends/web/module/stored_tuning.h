// What was measured, as one text that a page can keep.
#ifndef FRONTENDS_WEB_MODULE_STORED_TUNING_H_
#define FRONTENDS_WEB_MODULE_STORED_TUNING_H_

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tenon/tuning.h"

namespace tenon::web {

struct StoredTuning : TuningMemory {
  std::string Recall(std::string_view key) override {
    std::string_view rest = text;
    return absl::ConsumePrefix(&rest, absl::StrCat(key, "\n"))
               ? std::string(rest)
               : "";
  }
  void Remember(std::string_view key, std::string_view its_text) override {
    text = absl::StrCat(key, "\n", its_text);
  }

  std::string text;  // the key, a newline, and the text that belongs to it
};

}  // namespace tenon::web

#endif  // FRONTENDS_WEB_MODULE_STORED_TUNING_H_
