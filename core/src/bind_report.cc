#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tenon/bind.h"

namespace tenon {
namespace {

std::string TableRow(const BindReport::Line& line, size_t node_width,
                     size_t kernel_width) {
  std::string row = absl::StrFormat(
      "%-7s  %-*s  %-11s  %-*s  %-16s  %-7s  %s",
      line.phase == kPrefill ? "prefill" : "decode",
      static_cast<int>(node_width), line.node, Info(line.op).name,
      static_cast<int>(kernel_width), line.kernel, line.backend, line.layout,
      line.barrier ? "barrier" : "");
  if (!line.refused.empty()) absl::StrAppend(&row, "  (", line.refused, ")");
  row.erase(row.find_last_not_of(' ') + 1);
  return row + "\n";
}

}  // namespace

std::string BindReport::ToString() const {
  size_t node_width = 4, kernel_width = 6;
  for (const Line& line : lines) {
    node_width = std::max(node_width, line.node.size());
    kernel_width = std::max(kernel_width, line.kernel.size());
  }
  std::string text;
  for (const Line& line : lines)
    text += TableRow(line, node_width, kernel_width);
  for (const std::string& rewrite : rewrites)
    absl::StrAppend(&text, "rewrite  ", rewrite, "\n");
  return text;
}

}  // namespace tenon
