// tenon tokenize: text to token ids.
#include "CLI/CLI.hpp"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/options.h"
#include "cli/report.h"

namespace tenon::cli {
namespace {

struct TokenizeOptions {
  std::string model = kDefaultModel;
  TextOptions text;
  bool parse_special = false, no_bos = false, ids = false, json = false;
};

void PrintTokensAsJson(const Tokenizer& tokenizer,
                       const std::vector<TokenId>& tokens) {
  Json pieces = Json::array();
  for (const TokenId id : tokens)
    pieces.push_back(TextOrBytes(Piece(tokenizer, id)));
  PrintJson({{"count", tokens.size()}, {"ids", tokens}, {"pieces", pieces}},
            stdout, /*indent=*/-1);
}

Status Tokenize(const Registry& registry, const TokenizeOptions& options) {
  TENON_ASSIGN_OR_RETURN(const std::string text, ReadText(options.text));
  TENON_ASSIGN_OR_RETURN(const auto tokenizer,
                         OpenTokenizer(registry, options.model));
  const std::vector<TokenId> tokens = tokenizer->Encode(
      text,
      {.add_special = !options.no_bos, .parse_special = options.parse_special});
  if (options.json) {
    PrintTokensAsJson(*tokenizer, tokens);
  } else if (options.ids) {
    absl::PrintF("[%s]\n", absl::StrJoin(tokens, ", "));
  } else {
    for (const TokenId id : tokens)
      absl::PrintF("%6d -> %s\n", id, Quoted(Piece(*tokenizer, id)));
  }
  return Status();
}

}  // namespace

void AddTokenize(CLI::App& app, const Registry& registry, Action& action) {
  auto options = std::make_shared<TokenizeOptions>();
  CLI::App* command =
      app.add_subcommand("tokenize", "Print the tokens of a text");
  AddTextOptions(*command, options->text);
  AddModelOption(*command, options->model);
  command->add_flag("--parse-special,--special", options->parse_special,
                    "Turn the text of control tokens into tokens");
  command->add_flag("--no-bos", options->no_bos,
                    "Leave out the tokens that the model's settings put "
                    "around a text");
  command->add_flag("--ids", options->ids, "Print [id, id, ...] only");
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options, &registry, &action] {
    action = [options, &registry] { return Tokenize(registry, *options); };
  });
}

}  // namespace tenon::cli
