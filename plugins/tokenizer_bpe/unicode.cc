#include "tokenizer_bpe/unicode.h"

#include <algorithm>
#include <iterator>

namespace tenon::bpe {
namespace {

#include "tokenizer_bpe/unicode_tables.inc"

// By the class numbers of tools/unicode/generate.py.
constexpr CharClass kClasses[] = {
    kOther,   kBlank, kUpper,  kLower,       kTitle,  kModifier,
    kUncased, kMark,  kNumber, kPunctuation, kSymbol,
};
constexpr uint32_t kUpperLower = 11;  // in turn, from the start of the run

}  // namespace

CharClass ClassOf(char32_t c) {
  if (c == '\n' || c == '\r') return kNewline;
  const uint32_t run =
      *(std::upper_bound(std::begin(kClassRuns), std::end(kClassRuns),
                         static_cast<uint32_t>(c) << 4 | 0xF) -
        1);
  const uint32_t number = run & 0xF;
  if (number != kUpperLower) return kClasses[number];
  return (c - (run >> 4)) % 2 == 0 ? kUpper : kLower;
}

}  // namespace tenon::bpe
