// Text generation: the loop around a session, a tokenizer and samplers that
// every frontend needs.
#ifndef TENON_GENERATE_H_
#define TENON_GENERATE_H_

#include <atomic>
#include <functional>
#include <span>
#include <string_view>

#include "tenon/sampler.h"
#include "tenon/session.h"
#include "tenon/status.h"

namespace tenon {

struct GenerateOptions {
  int32_t max_tokens = -1;  // -1: until the model ends or the context is full
  bool special = false;     // print control tokens
  bool ignore_eos = false;
  // The text that became complete: whole code points only.
  std::function<void(std::string_view piece)> on_text;
  // Prefill progress: tokens done and in total.
  std::function<void(size_t done, size_t total)> on_prefill;
  // Set by the caller to stop; may be null.
  const std::atomic<bool>* cancel = nullptr;
};

enum class StopReason : uint8_t {
  kEnd,  // the model ended its text
  kMaxTokens,
  kContextFull,  // the next token has no place; nothing was dropped
  kCancelled,
};

struct GenerateResult {
  StopReason reason = StopReason::kEnd;
  uint32_t prompt_tokens = 0;
  uint32_t generated_tokens = 0;
  double prefill_seconds = 0, decode_seconds = 0, sample_seconds = 0;
};

// Feeds `prompt`, then samples and feeds tokens.  The prompt and each sampled
// token are Accept()ed by the samplers.  A cancelled run is a result, not an
// error.
// Errors: as Session::Feed; kInvalidArgument if the model has no tokenizer or
// the prompt is empty.
StatusOr<GenerateResult> Generate(Session& session, SamplerChain& samplers,
                                  std::span<const TokenId> prompt,
                                  const GenerateOptions& options);

}  // namespace tenon

#endif  // TENON_GENERATE_H_
