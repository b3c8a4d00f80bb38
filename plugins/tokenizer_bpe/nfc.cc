#include "tokenizer_bpe/nfc.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <vector>

#include "tenon/utf8.h"

namespace tenon::bpe {
namespace {

#include "tokenizer_bpe/nfc_tables.inc"

// U+0300 and up begin with this byte or a greater one.  Text of lesser code
// points is in form C already.
constexpr uint8_t kFirstByteOfInterest = 0xCC;

// Hangul syllables are composed by arithmetic: leading consonant, vowel, and
// perhaps a trailing consonant.
constexpr char32_t kSyllables = 0xAC00;
constexpr char32_t kLeads = 0x1100, kVowels = 0x1161, kTrails = 0x11A7;
constexpr char32_t kLeadCount = 19, kVowelCount = 21, kTrailCount = 28;
constexpr char32_t kSyllableCount = kLeadCount * kVowelCount * kTrailCount;

bool IsSyllable(char32_t c) {
  return c >= kSyllables && c < kSyllables + kSyllableCount;
}

// A character and its canonical combining class; 0 is that of starters.
struct Decomposed {
  char32_t value;
  uint8_t combining;
};

uint8_t CombiningClass(char32_t c) {
  const uint32_t run =
      *(std::upper_bound(std::begin(kCombiningRuns), std::end(kCombiningRuns),
                         static_cast<uint32_t>(c) << 8 | 0xFF) -
        1);
  return run & 0xFF;
}

constexpr uint64_t kPointMask = (uint64_t{1} << 21) - 1;
char32_t CodePoint(uint64_t row) { return row >> 42; }
char32_t First(uint64_t row) { return row >> 21 & kPointMask; }
char32_t Second(uint64_t row) { return row & kPointMask; }

void AppendDecomposedSyllable(char32_t c, std::vector<Decomposed>& out) {
  const char32_t index = c - kSyllables;
  const char32_t trail = index % kTrailCount;
  out.push_back({kLeads + index / (kVowelCount * kTrailCount), 0});
  out.push_back({kVowels + index / kTrailCount % kVowelCount, 0});
  if (trail != 0) out.push_back({kTrails + trail, 0});
}

void AppendDecomposed(char32_t c, std::vector<Decomposed>& out) {
  if (IsSyllable(c)) return AppendDecomposedSyllable(c, out);
  const auto* row =
      std::lower_bound(std::begin(kDecompositions), std::end(kDecompositions),
                       static_cast<uint64_t>(c) << 42);
  if (row == std::end(kDecompositions) || CodePoint(*row) != c) {
    out.push_back({c, CombiningClass(c)});
    return;
  }
  AppendDecomposed(First(*row), out);
  if (Second(*row) != 0) AppendDecomposed(Second(*row), out);
}

// The canonical order: runs of non-starters, sorted by combining class.
void Reorder(std::vector<Decomposed>& text) {
  const auto is_starter = [](const Decomposed& c) { return c.combining == 0; };
  for (auto it = text.begin(); it != text.end();) {
    it = std::find_if_not(it, text.end(), is_starter);
    const auto end = std::find_if(it, text.end(), is_starter);
    std::stable_sort(it, end, [](const Decomposed& a, const Decomposed& b) {
      return a.combining < b.combining;
    });
    it = end;
  }
}

// What the two compose to, or 0.
char32_t Composed(char32_t first, char32_t second) {
  const char32_t lead = first - kLeads, vowel = second - kVowels;
  if (lead < kLeadCount && vowel < kVowelCount) {
    return kSyllables + (lead * kVowelCount + vowel) * kTrailCount;
  }
  const char32_t trail = second - kTrails;
  if (IsSyllable(first) && (first - kSyllables) % kTrailCount == 0 &&
      trail > 0 && trail < kTrailCount) {
    return first + trail;
  }
  constexpr uint64_t kPairMask = (uint64_t{1} << 42) - 1;
  const uint64_t pair = static_cast<uint64_t>(first) << 21 | second;
  const auto* index =
      std::lower_bound(std::begin(kCompositions), std::end(kCompositions), pair,
                       [](uint16_t i, uint64_t p) {
                         return (kDecompositions[i] & kPairMask) < p;
                       });
  if (index == std::end(kCompositions)) return 0;
  const uint64_t row = kDecompositions[*index];
  return (row & kPairMask) == pair ? CodePoint(row) : 0;
}

// Joins each character to the last starter where a composition exists and
// nothing of the same or a higher combining class stands between them.
void Compose(std::vector<Decomposed>& text) {
  constexpr size_t kNone = SIZE_MAX;
  size_t starter = kNone;
  size_t size = 0;  // of what is written, never ahead of what is read
  for (const Decomposed c : text) {
    const bool can_join =
        starter != kNone &&
        (starter + 1 == size || text[size - 1].combining < c.combining);
    if (const char32_t joined =
            can_join ? Composed(text[starter].value, c.value) : 0) {
      text[starter].value = joined;
      continue;
    }
    if (c.combining == 0) starter = size;
    text[size++] = c;
  }
  text.resize(size);
}

}  // namespace

std::string ToNfc(std::string_view text) {
  const bool is_plain = std::all_of(text.begin(), text.end(), [](char byte) {
    return static_cast<uint8_t>(byte) < kFirstByteOfInterest;
  });
  if (is_plain) return std::string(text);

  std::vector<Decomposed> chars;
  chars.reserve(text.size());
  for (std::string_view rest = text; !rest.empty();) {
    const Utf8Char c = FirstUtf8Char(rest);
    AppendDecomposed(c.value, chars);
    rest.remove_prefix(c.size);
  }
  Reorder(chars);
  Compose(chars);

  std::string out;
  out.reserve(text.size());
  for (const Decomposed c : chars) AppendUtf8(c.value, out);
  return out;
}

}  // namespace tenon::bpe
