// What the commands print for people, and what the process took.
#ifndef TENON_CLI_REPORT_H_
#define TENON_CLI_REPORT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "tenon/tokenizer.h"

namespace tenon::cli {

std::string Bytes(uint64_t bytes);  // "812 B", "1.25 KiB", "4.13 MiB"
std::string Count(uint64_t count);  // "812", "3.15 M", "1.24 B"

// A warning or notice: "tenon: MESSAGE" on stderr.
void Notice(std::string_view message);

// The most memory that this process has had resident, in bytes; 0 if the
// system does not say.
uint64_t PeakMemory();

// Seconds on a clock that never goes back.
double Now();

// The bytes of a token, control tokens spelled out.
std::string Piece(const Tokenizer& tokenizer, TokenId id);
// In single quotes, with \n, \t, \\, \' and \xNN for what would not print.
std::string Quoted(std::string_view bytes);

}  // namespace tenon::cli

#endif  // TENON_CLI_REPORT_H_
