#include "tenon/vocab_tokenizer.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "tenon/utf8.h"

namespace tenon {
namespace {

constexpr TokenKind kSpecialKinds[] = {TokenKind::kUnknown, TokenKind::kControl,
                                       TokenKind::kUserDefined};
constexpr TokenKind kUserDefinedKind[] = {TokenKind::kUserDefined};

bool IsNamedPhi3(const Metadata& metadata) {
  const MetaValue* value = metadata.Find("general.name");
  if (value == nullptr) return false;
  const auto* name = std::get_if<std::string_view>(value);
  if (name == nullptr) return false;
  const std::string lower = absl::AsciiStrToLower(*name);
  return absl::StrContains(lower, "phi-3") || absl::StrContains(lower, "phi3");
}

// The bytes of white space that `text` begins with.
size_t LeadingSpace(std::string_view text) {
  size_t size = 0;
  while (size < text.size()) {
    const Utf8Char c = FirstUtf8Char(text.substr(size));
    if (!IsWhiteSpace(c.value)) break;
    size += c.size;
  }
  return size;
}

}  // namespace

VocabTokenizer::VocabTokenizer(Vocab vocab, const Metadata& metadata)
    : vocab_(std::move(vocab)),
      special_(vocab_, kSpecialKinds),
      user_defined_(vocab_, kUserDefinedKind),
      is_phi3_(IsNamedPhi3(metadata)) {}

std::vector<TokenId> VocabTokenizer::Encode(
    std::string_view text, const EncodeOptions& options) const {
  std::vector<TokenId> ids;
  if (options.add_special && vocab_.adds_bos()) ids.push_back(*vocab_.bos());
  const SpecialTokens& special =
      options.parse_special ? special_ : user_defined_;
  for (size_t done = 0; done < text.size();) {
    const auto match = special.Find(text, done);
    const size_t end = match ? match->begin : text.size();
    if (end > done) EncodeText(text.substr(done, end - done), ids);
    if (!match) break;
    ids.push_back(match->id);
    done = match->end;
    if (DropsSpaceAfter(match->id)) done += LeadingSpace(text.substr(done));
  }
  if (options.add_special && vocab_.adds_eos()) ids.push_back(*vocab_.eos());
  return ids;
}

bool VocabTokenizer::DropsSpaceAfter(TokenId id) const {
  if (!is_phi3_) return false;
  const std::string_view text = vocab_.Text(id);
  return text != "<unk>" && text != "<s>" && text != "<|endoftext|>";
}

void VocabTokenizer::AppendBytes(TokenId id, bool special,
                                 std::string& out) const {
  if (!vocab_.Contains(id)) return;
  switch (vocab_.Kind(id)) {
    case TokenKind::kUnknown:
    case TokenKind::kControl:
      if (special) out.append(vocab_.Text(id));
      break;
    case TokenKind::kUserDefined:
    case TokenKind::kUnused:
      out.append(vocab_.Text(id));
      break;
    case TokenKind::kByte:
      out.push_back(static_cast<char>(vocab_.ByteOf(id)));
      break;
    case TokenKind::kNormal:
    case TokenKind::kUndefined:
      AppendOrdinary(id, out);
      break;
  }
}

std::string VocabTokenizer::Decode(std::span<const TokenId> ids,
                                   bool special) const {
  std::string out;
  for (const TokenId id : ids) AppendBytes(id, special, out);
  return out;
}

}  // namespace tenon
