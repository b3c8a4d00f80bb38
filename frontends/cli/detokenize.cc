// tenon detokenize: token ids to text.
#include <unistd.h>

#include <cstdio>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/options.h"

namespace tenon::cli {
namespace {

struct DetokenizeOptions {
  std::string model = kDefaultModel;
  std::vector<std::string> ids;
  std::string file;
  bool special = false;
};

Status CheckIds(const Tokenizer& tokenizer, const std::vector<TokenId>& ids) {
  for (const TokenId id : ids)
    if (id < 0 || static_cast<uint32_t>(id) >= tokenizer.vocab_size())
      return absl::InvalidArgumentError(
          absl::StrCat("token ", id, ": the vocabulary has ",
                       tokenizer.vocab_size(), " tokens"));
  return Status();
}

// The exact bytes of the text: a newline is added on a terminal only.
Status Detokenize(const Registry& registry, const DetokenizeOptions& options) {
  std::string list = absl::StrJoin(options.ids, " ");
  if (!options.file.empty()) {
    TENON_ASSIGN_OR_RETURN(list, ReadFile(options.file));
  }
  TENON_ASSIGN_OR_RETURN(const std::vector<TokenId> ids, ParseTokens(list));
  TENON_ASSIGN_OR_RETURN(const auto tokenizer,
                         OpenTokenizer(registry, options.model));
  TENON_RETURN_IF_ERROR(CheckIds(*tokenizer, ids));
  std::string text = tokenizer->Decode(ids, options.special);
  if (isatty(STDOUT_FILENO)) text += '\n';
  std::fwrite(text.data(), 1, text.size(), stdout);
  return Status();
}

}  // namespace

void AddDetokenize(CLI::App& app, const Registry& registry, Action& action) {
  auto options = std::make_shared<DetokenizeOptions>();
  CLI::App* command =
      app.add_subcommand("detokenize", "Print the text of token ids");
  CLI::Option_group* one_of = command->add_option_group("Ids");
  one_of->add_option("ids", options->ids, "Token ids");
  one_of->add_option("--tokens-file", options->file,
                     "A file of token ids; -: stdin");
  one_of->require_option(1);
  AddModelOption(*command, options->model);
  command->add_flag("--special", options->special, "Print control tokens");
  command->callback([options, &registry, &action] {
    action = [options, &registry] { return Detokenize(registry, *options); };
  });
}

}  // namespace tenon::cli
