#include "cli/json.h"

#include <string>

#include "absl/strings/str_format.h"
#include "tenon/utf8.h"

namespace tenon::cli {

void PrintJson(const Json& json, std::FILE* file, int indent) {
  const std::string text = json.dump(indent, ' ', /*ensure_ascii=*/false,
                                     Json::error_handler_t::replace);
  absl::FPrintF(file, "%s\n", text);
}

Json TextOrBytes(std::string_view bytes) {
  if (IsWellFormedUtf8(bytes)) return std::string(bytes);
  Json array = Json::array();
  for (const char c : bytes) array.push_back(static_cast<unsigned char>(c));
  return array;
}

}  // namespace tenon::cli
