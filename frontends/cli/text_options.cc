#include <cerrno>
#include <cstdio>
#include <cstring>

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/options.h"

namespace tenon::cli {
namespace {

Status FileError(const std::string& path) {
  const std::string message = absl::StrCat(path, ": ", std::strerror(errno));
  return errno == ENOENT ? absl::NotFoundError(message)
                         : absl::UnavailableError(message);
}

int HexDigit(char c) {
  if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return -1;
  return absl::ascii_isdigit(static_cast<unsigned char>(c))
             ? c - '0'
             : absl::ascii_tolower(static_cast<unsigned char>(c)) - 'a' + 10;
}

// What the escape at the front of `text` stands for, appended to `out`.
// Returns its length; one that is not known stays as it is.
// REQUIRES: text[0] == '\\'
size_t AppendEscape(std::string_view text, std::string& out) {
  static constexpr std::string_view kLetters = "ntr\\'\"";
  static constexpr std::string_view kMeanings = "\n\t\r\\'\"";
  if (text.size() >= 2)
    if (const size_t i = kLetters.find(text[1]); i != kLetters.npos) {
      out += kMeanings[i];
      return 2;
    }
  if (text.size() >= 4 && text[1] == 'x' && HexDigit(text[2]) >= 0 &&
      HexDigit(text[3]) >= 0) {
    out += static_cast<char>(HexDigit(text[2]) * 16 + HexDigit(text[3]));
    return 4;
  }
  out += '\\';
  return 1;
}

std::string Unescape(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t plain = std::min(text.find('\\'), text.size());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (!text.empty()) text.remove_prefix(AppendEscape(text, out));
  }
  return out;
}

}  // namespace

void AddTextOptions(CLI::App& command, TextOptions& options) {
  CLI::Option_group* one_of = command.add_option_group("Text");
  one_of->add_option("text", options.text, "The text");
  one_of->add_option("-p,--prompt", options.text, "The text");
  one_of->add_option("-f,--file", options.file,
                     "A file that holds the text; -: stdin");
  one_of->require_option(1);
  command.add_flag("-e,--escape", options.escape,
                   "In the text \\n, \\t, \\r, \\\\, \\', \\\" and \\xNN stand "
                   "for what they do in C");
}

StatusOr<std::string> ReadText(const TextOptions& options) {
  std::string text = options.text;
  if (!options.file.empty()) {
    TENON_ASSIGN_OR_RETURN(text, ReadFile(options.file));
  }
  return options.escape ? Unescape(text) : text;
}

StatusOr<std::vector<TokenId>> ParseTokens(std::string_view text) {
  std::vector<TokenId> ids;
  for (const std::string_view word :
       absl::StrSplit(text, absl::ByAnyChar(", \t\r\n[]"), absl::SkipEmpty())) {
    if (!absl::SimpleAtoi(word, &ids.emplace_back()))
      return absl::InvalidArgumentError(
          absl::StrCat("'", word, "' is no token id"));
  }
  return ids;
}

StatusOr<std::string> ReadFile(const std::string& path) {
  errno = 0;
  std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rbe");
  if (!file) return FileError(path);
  std::string content;
  char block[1 << 16];
  while (const size_t n = std::fread(block, 1, sizeof(block), file))
    content.append(block, n);
  const Status status = std::ferror(file) ? FileError(path) : Status();
  if (file != stdin) std::fclose(file);
  if (!status.ok()) return status;
  return content;
}

}  // namespace tenon::cli
