#include "tenon/generate.h"

#include <chrono>
#include <string>

namespace tenon {
namespace {

using Clock = std::chrono::steady_clock;

// Adds the time until the end of its scope to a sum of seconds.
class Timer {
 public:
  explicit Timer(double& seconds) : seconds_(seconds) {}
  ~Timer() {
    seconds_ += std::chrono::duration<double>(Clock::now() - started_).count();
  }

 private:
  double& seconds_;
  Clock::time_point started_ = Clock::now();
};

class Generation {
 public:
  Generation(Session& session, SamplerChain& samplers,
             const GenerateOptions& options)
      : session_(session),
        samplers_(samplers),
        options_(options),
        tokenizer_(*session.model().tokenizer()) {}

  StatusOr<GenerateResult> Run(std::span<const TokenId> prompt) {
    Status status = Prefill(prompt);
    while (status.ok() && !stopped_) status = Next();
    Print(stream_.Flush());
    if (!status.ok() && !absl::IsCancelled(status)) return status;
    if (!status.ok()) result_.reason = StopReason::kCancelled;
    return result_;
  }

 private:
  Status Prefill(std::span<const TokenId> prompt) {
    Timer timer(result_.prefill_seconds);
    FeedOptions feed;
    feed.progress = options_.on_prefill;
    feed.cancel = options_.cancel;
    TENON_ASSIGN_OR_RETURN(logits_, session_.Feed(prompt, feed));
    for (TokenId id : prompt) samplers_.Accept(id);
    result_.prompt_tokens = static_cast<uint32_t>(prompt.size());
    return absl::OkStatus();
  }

  // Feeds the token that was sampled last, and samples the next one.
  Status Next() {
    if (options_.cancel != nullptr && options_.cancel->load())
      return Stop(StopReason::kCancelled);
    if (static_cast<int64_t>(result_.generated_tokens) == options_.max_tokens)
      return Stop(StopReason::kMaxTokens);
    if (result_.generated_tokens > 0) {
      if (session_.position() == session_.context_size())
        return Stop(StopReason::kContextFull);
      TENON_RETURN_IF_ERROR(Decode());
    }
    last_ = Sample();
    Emit(last_);
    if (!options_.ignore_eos && tokenizer_.IsEndOfGeneration(last_))
      return Stop(StopReason::kEnd);
    ++result_.generated_tokens;
    return absl::OkStatus();
  }

  TokenId Sample() {
    Timer timer(result_.sample_seconds);
    const TokenId id = samplers_.Sample(logits_);
    samplers_.Accept(id);
    return id;
  }

  Status Decode() {
    Timer timer(result_.decode_seconds);
    FeedOptions feed;
    feed.cancel = options_.cancel;
    TENON_ASSIGN_OR_RETURN(logits_, session_.Feed({&last_, 1}, feed));
    return absl::OkStatus();
  }

  void Emit(TokenId id) {
    std::string bytes;
    tokenizer_.AppendBytes(id, options_.special, bytes);
    Print(stream_.Push(bytes));
  }

  void Print(std::string_view text) {
    if (!text.empty() && options_.on_text) options_.on_text(text);
  }

  Status Stop(StopReason reason) {
    result_.reason = reason;
    stopped_ = true;
    return absl::OkStatus();
  }

  Session& session_;
  SamplerChain& samplers_;
  const GenerateOptions& options_;
  const Tokenizer& tokenizer_;
  Utf8Stream stream_;
  std::span<const float> logits_;
  GenerateResult result_;
  TokenId last_ = -1;  // sampled, not fed yet
  bool stopped_ = false;
};

}  // namespace

StatusOr<GenerateResult> Generate(Session& session, SamplerChain& samplers,
                                  std::span<const TokenId> prompt,
                                  const GenerateOptions& options) {
  if (session.model().tokenizer() == nullptr)
    return absl::InvalidArgumentError("the model file has no tokenizer");
  return Generation(session, samplers, options).Run(prompt);
}

}  // namespace tenon
