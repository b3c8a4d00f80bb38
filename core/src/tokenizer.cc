#include "tenon/tokenizer.h"

#include "tenon/utf8.h"

namespace tenon {

std::string Utf8Stream::Push(std::string_view bytes) {
  tail_.append(bytes);
  std::string_view rest = tail_;
  std::string out;
  while (!rest.empty()) {
    const Utf8Char c = FirstUtf8Char(rest);
    if (c.form == Utf8Char::Form::kTruncated) break;
    AppendUtf8(c.value, out);
    rest.remove_prefix(c.size);
  }
  tail_.erase(0, tail_.size() - rest.size());
  return out;
}

std::string Utf8Stream::Flush() {
  std::string out;
  if (!tail_.empty()) AppendUtf8(kReplacementChar, out);
  tail_.clear();
  return out;
}

}  // namespace tenon
