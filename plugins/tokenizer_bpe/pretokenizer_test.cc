#include "tokenizer_bpe/pretokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <set>
#include <string>
#include <string_view>

namespace tenon::bpe {
namespace {

struct Case {
  const char* pre;
  const char* pieces;  // with '|' between them
};

// Split by Python's regex module with the published regular expressions.
constexpr Case kCases[] = {
    {"gpt-2", "I|'m| sure| they|'|LL| say| it|'s| 10| o|'|clock"},
    {"gpt-2", " | two| | spaces| "},
    {"gpt-2", "tab|\t|here|\n\n | indented"},
    {"gpt-2", "x|=|3|.|14159|;| y|+=|2"},
    {"gpt-2", "caf\u00E9| na\u00EFve| \u00BD\u00B2\u2167"},
    {"gpt-2", "e|\u0301| \u0939|\u093F|\u0928|\u094D|\u0926|\u0940"},
    {"gpt-2", "\u4E2D\u6587|\uFF0C|\u6D4B\u8BD5"},
    {"gpt-2", "a|\u00A0|b|\u3000|c|\302\205|d|\uFEFF|e|\u200B|f"},
    {"gpt-2", "!!!| ...?"},
    {"gpt-2", "\U0001F44D\U0001F3FD| ok"},
    {"smollm", "route| |6|6|,| |2|0|2|4|-|0|1|-|3|1"},
    {"smollm", " |7| of| |9"},
    {"smollm", "it|'s| v|1|.|2|.|3"},
    {"smollm", "\u0661|\u0662| |\u2167"},
    {"llama-bpe", "I|'M| they|'Ll| IT|'S| it|'\u017F| o|'clock"},
    {"llama-bpe", "123|456|7| of| |12"},
    {"llama-bpe", "a|\n \n| | b|\r\n\r\n| c"},
    {"llama-bpe", "!hello| ?!\n\n|(x|)"},
    {"llama-bpe", " | word|\t|\tword"},
    {"llama-bpe", "_under|_score| .|5"},
    {"llama-bpe", "\u00BD\u00BD\u00BD|\u00BD"},
    {"llama-bpe", "e|\u0301a| \u0939|\u093F"},
    {"llama-bpe", "end|  "},
    {"llama-bpe", "end| \n| "},
    {"qwen2", "1|2|3|4|5| |6"},
    {"qwen2", "We|'Re| |3|x"},
    {"qwen2", "\u4E2D\u6587|2|\u4E2A"},
    {"qwen35", "e\u0301a| \u0939\u093F\u0928\u094D\u0926\u0940| |1|2"},
    {"qwen35", "\u0301x| ?|\u0301|!"},
    {"qwen35", "a\u0947\u0301|\n|.\u0301|\n"},
    {"tekken", "camel|Case| XMLHttp|Request| ABCdef"},
    {"tekken", "\u0152UVRE| \u00C9cole| \u01C5abc"},
    {"tekken", "\u0939\u093F\u0928\u094D\u0926\u0940| |1|2"},
    {"tekken", "\u4E2DABC\u6587ab|C"},
    {"tekken", "path|/to|//\n/|x| ///\n"},
    {"tekken", "I|'m| \u0301|ABC| .\u0301"},
    {"tekken", "\u02B0A\u02B0"},
    {"gpt-4o", "I'm| HE'S| they'LL|go| '|tis"},
    {"gpt-4o", "123|45| \u00C9cole's"},
    {"gpt-4o", "a|/b|//\n|c"},
    {"deepseek-v3", "#include| <|stdio|.h|>!|important| (|x|)"},
    {"deepseek-v3", "123|456|7|\u6F22\u5B57\u304B\u306A|ABC"},
    {"deepseek-v3", "price|:| $|5|,|000|.|00|\n\n"},
    {"deepseek-v3", "e\u0301| \u0939\u093F| \u00AB|q|\u00BB|\001z| |\001"},
    {"deepseek-v3", "tab|\t|\tx| | y| "},
    {"deepseek-llm", "Hello|,| World|!| \u00FC|n|\u00EF| |42"},
    {"deepseek-llm", "a|\n|\n|b|  "},
    {"deepseek-llm", "\u4E2D\u6587\u6D4B\u8BD5|\u3002| |\uD55C\uAD6D\uC5B4"},
    {"deepseek-llm", "x| | y|\t| z"},
    {"deepseek-llm", "if| (|a|<=|b|)| {}"},
    {"deepseek-coder", "def| f|(|x|):|\n|   | return| x| + |1|2"},
    {"deepseek-coder", "\u4E2D\u6587| |\uD55C\uAD6D\uC5B4| abc"},
    {"deepseek-coder", "a| | b|\t"},
    {"deepseek-coder", "$|5|.|0|0|+|x"},
    {"default", "costs| |$|123|456|7|+|tax"},
    {"default", "it|'|s| |<|b|>|12|</|b|>| x|^|2"},
    {"default", "a|--|b| | c| |1| |22| |444|4"},
};

std::string Without(std::string_view text, char removed) {
  std::string out(text);
  std::erase(out, removed);
  return out;
}

std::string Pieces(std::string_view pre, std::string_view text) {
  std::string out;
  size_t begin = 0;
  for (const uint32_t end : PieceEnds(*FindPretokenizer(pre), text)) {
    out.append(begin == 0 ? "" : "|").append(text.substr(begin, end - begin));
    begin = end;
  }
  return out;
}

TEST(PieceEnds, AsTheRegularExpressionsSay) {
  for (const Case& c : kCases) {
    EXPECT_EQ(Pieces(c.pre, Without(c.pieces, '|')), c.pieces) << c.pre;
  }
}

// The processor time of cutting up `unit`, repeated.
double Seconds(const Pretokenizer& pretokenizer, std::string_view unit,
               int repeat) {
  std::string text;
  for (int i = 0; i < repeat; ++i) text += unit;
  const std::clock_t start = std::clock();
  EXPECT_EQ(PieceEnds(pretokenizer, text + "x").back(), text.size() + 1);
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

// 16 times the text may take 16 times as long, but not 256 times.
TEST(PieceEnds, LongRunsTakeLinearTime) {
  for (const Pretokenizer& pretokenizer : Pretokenizers()) {
    for (const char* unit : {"a", "A", "aA", " ", "\n", " \n", "7", "!", " !",
                             "\u0301", "\u65E5", "\u65E5A", "\u3000"}) {
      const double few = Seconds(pretokenizer, unit, 5'000);
      const double many = Seconds(pretokenizer, unit, 80'000);
      EXPECT_LT(many, 100 * few + 0.2) << pretokenizer.names[0] << unit;
    }
  }
}

TEST(PieceEnds, EmptyText) {
  for (const Pretokenizer& pretokenizer : Pretokenizers()) {
    EXPECT_TRUE(PieceEnds(pretokenizer, "").empty());
  }
}

TEST(PieceEnds, EveryRuleHasACase) {
  std::set<std::string_view> covered = {"dbrx", "stablelm2"};  // share matchers
  for (const Case& c : kCases) covered.insert(c.pre);
  for (const Pretokenizer& pretokenizer : Pretokenizers()) {
    EXPECT_THAT(covered, testing::Contains(pretokenizer.names[0]));
  }
}

TEST(Pretokenizers, NamesAreUnique) {
  std::set<std::string_view> seen;
  for (const Pretokenizer& pretokenizer : Pretokenizers()) {
    for (const std::string_view name : pretokenizer.names) {
      EXPECT_TRUE(seen.insert(name).second) << name;
      EXPECT_EQ(FindPretokenizer(name), &pretokenizer);
    }
  }
  EXPECT_EQ(FindPretokenizer("klingon"), nullptr);
}

TEST(Pretokenizers, AliasesOfModelFamilies) {
  for (const char* name : {"llama3", "llama-v3", "falcon3"}) {
    EXPECT_EQ(FindPretokenizer(name), FindPretokenizer("llama-bpe"));
  }
  EXPECT_EQ(FindPretokenizer("deepseek-r1-qwen"), FindPretokenizer("qwen2"));
  EXPECT_EQ(FindPretokenizer("starcoder"), FindPretokenizer("smollm"));
}

}  // namespace
}  // namespace tenon::bpe
