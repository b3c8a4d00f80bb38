// The exported functions, called as JavaScript calls them.
#include "web/module/exports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace tenon {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

std::string ReadModel() {
  std::ifstream file(TENON_SOURCE_DIR "/models/tiny-deltanet.gguf",
                     std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Reads the header from as much of the file as it wants; returns the last
// result.
double ReadHeader(const std::string& file) {
  double wanted = 1000;
  for (size_t n = 0; wanted > 0;) {
    n = static_cast<size_t>(wanted);
    EXPECT_LE(n, file.size());
    std::memcpy(tenon_header_room(wanted), file.data(), n);
    wanted = tenon_header(wanted);
    EXPECT_TRUE(wanted <= 0 || wanted > static_cast<double>(n));
  }
  return wanted;
}

// `first`: where they begin in the file.
int WriteWeights(const std::string& file, double first) {
  double request[3], last = first;
  int result;
  while ((result = tenon_next(request)) == 1) {
    EXPECT_GE(request[0], last) << "not in the order of the file";
    if (last == first) {
      EXPECT_EQ(request[0], first);
    }
    last = request[0] + request[1];
    std::memcpy(reinterpret_cast<void*>(static_cast<uintptr_t>(request[2])),
                file.data() + static_cast<size_t>(request[0]),
                static_cast<size_t>(request[1]));
    tenon_accept();
  }
  return result;
}

// There is one engine, as in an instance of the module: each test of a loaded
// model uses the same.
class Exports : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    EXPECT_LT(tenon_session(0, 0), 0) << "nothing is loaded";
    EXPECT_LT(tenon_bind(""), 0) << "there is no header";
    EXPECT_LT(tenon_tune(""), 0) << "nothing is bound";
    EXPECT_TRUE(std::isnan(tenon_number("vocab_size")));

    const std::string junk(5000, 'x');
    tenon_open("junk.gguf", 5000);
    EXPECT_LT(ReadHeader(junk), 0);
    EXPECT_THAT(tenon_error(), HasSubstr("junk.gguf"));

    const std::string file = ReadModel();
    tenon_open("tiny.gguf", static_cast<double>(file.size()));
    EXPECT_TRUE(std::isnan(tenon_number("data_offset")));
    ASSERT_EQ(ReadHeader(file), 0) << tenon_error();
    const double data_offset = tenon_number("data_offset");
    ASSERT_EQ(tenon_bind("activations=int8;cache=f16;threads=1"), 0)
        << tenon_error();
    EXPECT_TRUE(std::isnan(tenon_number("data_offset"))) << "it was bound";
    ASSERT_EQ(tenon_reserve(1e6), 0) << tenon_error();
    EXPECT_LT(tenon_start(), 0) << "no weights are there";
    ASSERT_EQ(WriteWeights(file, data_offset), 0) << tenon_error();
    ASSERT_EQ(tenon_start(), 0) << tenon_error();
  }

  static std::vector<int32_t> Encode(std::string_view text) {
    const int count = tenon_encode(text.data(), text.size(), 1, 0);
    return {tenon_tokens(), tenon_tokens() + count};
  }

  // The text that the best tokens make, `count` of them.
  static std::string Continue(int session, int count) {
    const int greedy = tenon_sampler("temp=0");
    std::string text;
    for (int i = 0; i < count; ++i) {
      const int32_t id = tenon_sample(greedy, session);
      tenon_accept_token(greedy, id);
      const int bytes = tenon_token_bytes(id, 0);
      text.append(reinterpret_cast<const char*>(tenon_bytes()),
                  static_cast<size_t>(bytes));
      tenon_feed(session, &id, 1, nullptr, nullptr);
    }
    tenon_sampler_free(greedy);
    return text;
  }

  static int Begin(std::string_view prompt) {
    const int session = tenon_session(64, 0);
    const auto ids = Encode(prompt);
    EXPECT_EQ(tenon_feed(session, ids.data(), ids.size(), nullptr, nullptr), 0);
    return session;
  }
};

// The text is that of the native program.
TEST_F(Exports, WriteTheTextOfTheModel) {
  const int session = Begin("Once upon a time");
  EXPECT_EQ(Continue(session, 8), ", there was a cheerful boy named Alex");
  EXPECT_EQ(tenon_position(session), 12);
  tenon_session_free(session);
  EXPECT_LT(tenon_position(session), 0);
}

TEST_F(Exports, ComeBackToACheckpoint) {
  const int session = Begin("Once upon a time");
  const std::string before = Continue(session, 4);
  const int checkpoint = tenon_checkpoint(session);
  EXPECT_LT(tenon_restore(session, checkpoint + 1), 0);
  Continue(session, 7);
  ASSERT_EQ(tenon_restore(session, checkpoint), 0) << tenon_error();
  EXPECT_EQ(tenon_position(session), 8);
  EXPECT_LT(tenon_sample(tenon_sampler("temp=0"), session), 0)
      << "logits of what was forgotten";
  tenon_session_free(session);
}

TEST_F(Exports, GiveTheRowsOfAFeed) {
  const auto ids = Encode("Once upon a time");
  const auto vocab = static_cast<size_t>(tenon_number("vocab_size"));
  const int session = tenon_session(64, 0);
  std::vector<float> rows(vocab * ids.size());
  ASSERT_EQ(tenon_feed(session, ids.data(), ids.size(), rows.data(), nullptr),
            0);
  EXPECT_TRUE(std::equal(rows.end() - static_cast<ptrdiff_t>(vocab), rows.end(),
                         tenon_logits(session)));
  EXPECT_NE(rows.front(), 0);
  tenon_session_free(session);
}

TEST_F(Exports, TellTheTimeOfKernelsSinceTheLastCall) {
  const auto ids = Encode("Once upon a time");
  const int session = tenon_session(64, 1);
  for (const int32_t id : ids) tenon_feed(session, &id, 1, nullptr, nullptr);
  EXPECT_THAT(tenon_profile(session),
              ContainsRegex("(^|\n)Head 4 [1-9][0-9]* head_q8_0[a-z0-9_]*\n"));
  EXPECT_STREQ(tenon_profile(session), "");
  tenon_session_free(session);
  EXPECT_EQ(tenon_profile(session), nullptr);
}

TEST_F(Exports, HaveNoProfileThatNobodyAskedFor) {
  const int session = tenon_session(64, 0);
  EXPECT_EQ(tenon_profile(session), nullptr);
  EXPECT_THAT(tenon_error(), HasSubstr("profile"));
  tenon_session_free(session);
}

TEST_F(Exports, SayWhatIsWrong) {
  EXPECT_LT(tenon_sampler("temperature=1"), 0);
  EXPECT_THAT(tenon_error(), HasSubstr("temperature"));
  EXPECT_LT(tenon_sampler("temp"), 0);
  EXPECT_THAT(tenon_error(), HasSubstr("KEY=VALUE"));
  const int session = tenon_session(4, 0);
  const auto ids = Encode("Once upon a time there was");
  EXPECT_LT(tenon_feed(session, ids.data(), ids.size(), nullptr, nullptr), 0);
  EXPECT_THAT(tenon_error(), HasSubstr("4"));
  EXPECT_EQ(tenon_position(session), 0) << "nothing was fed";
  tenon_session_free(session);
}

TEST_F(Exports, DescribeTheModel) {
  EXPECT_EQ(tenon_number("parameters"), 2402032);
  EXPECT_EQ(tenon_number("position_bytes"), 768);
  EXPECT_EQ(tenon_number("state_bytes"), 114 * 1024);
  const double one = tenon_activation_bytes(100, 1);
  EXPECT_GT(one, 0);
  EXPECT_GT(tenon_activation_bytes(100, 2), one) << "each thread has scratch";
  const int context = static_cast<int>(tenon_number("context_size"));
  EXPECT_EQ(tenon_activation_bytes(0, 1), tenon_activation_bytes(context, 1));
  EXPECT_TRUE(std::isnan(tenon_activation_bytes(100, 0)));
  EXPECT_STREQ(tenon_text("architecture"), "qwen35");
  EXPECT_THAT(tenon_text("kernels"), HasSubstr("GatedDelta: gated_delta"));
  EXPECT_THAT(tenon_text("chat_template"), HasSubstr("im_start"));
  EXPECT_TRUE(std::isnan(tenon_number("colour")));
}

}  // namespace
}  // namespace tenon
