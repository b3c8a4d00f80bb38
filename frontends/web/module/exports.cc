#include "web/module/exports.h"

#if defined(__EMSCRIPTEN__)
#include <emscripten/emscripten.h>
#include <emscripten/heap.h>
#endif

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <new>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "web/module/describe.h"
#include "web/module/engine.h"

namespace tenon::web {
namespace {

// Made by the first call: nothing of ours runs when the module starts.
struct Instance {
  Engine engine;
  std::string error, text, bytes, profile;
  std::vector<TokenId> tokens;
};

// What `new` does when there is no memory: JavaScript gets an exception that
// says so, instead of a trap that says nothing.
void ThrowOutOfMemory() {
#if defined(__EMSCRIPTEN__)
  emscripten_throw_string("the engine ran out of memory");
#endif
  std::abort();
}

Instance& This() {
  static Instance* const instance = [] {
    std::set_new_handler(&ThrowOutOfMemory);
    return new Instance;
  }();
  return *instance;
}

int Fail(const Status& status) {
  This().error = status.message();
  return -static_cast<int>(status.code());
}

int Result(const Status& status) { return status.ok() ? 0 : Fail(status); }

int Result(const StatusOr<int>& handle) {
  return handle.ok() ? *handle : Fail(handle.status());
}

// What `use` returns for the session.
template <typename Use>
int WithSession(int handle, const Use& use) {
  const auto session = This().engine.FindSession(handle);
  return session.ok() ? Result(use(**session)) : Fail(session.status());
}

const Tokenizer* NeedTokenizer() {
  const Tokenizer* tokenizer = This().engine.tokenizer();
  if (tokenizer == nullptr)
    Fail(absl::FailedPreconditionError("the model has no tokenizer"));
  return tokenizer;
}

constexpr int kNoTokenizer =
    -static_cast<int>(absl::StatusCode::kFailedPrecondition);

int KeepBytes(std::string bytes) {
  This().bytes = std::move(bytes);
  return static_cast<int>(This().bytes.size());
}

// Copies the rows of a feed to where the caller wants them.
FeedOptions CopyRows(float* logits, float* hidden) {
  FeedOptions options;
  if (logits == nullptr && hidden == nullptr) return options;
  options.every_row = [logits, hidden](const OutputRow& row) mutable {
    if (logits != nullptr) logits = std::ranges::copy(row.logits, logits).out;
    if (hidden != nullptr) hidden = std::ranges::copy(row.hidden, hidden).out;
  };
  return options;
}

Status Feed(OpenSession& open, std::span<const TokenId> tokens,
            const FeedOptions& options) {
  TENON_ASSIGN_OR_RETURN(open.logits, open.session->Feed(tokens, options));
  return absl::OkStatus();
}

Status Restore(OpenSession& open, int handle) {
  const Checkpoint* checkpoint = open.checkpoints.Find(handle);
  if (checkpoint == nullptr)
    return absl::InvalidArgumentError("there is no such checkpoint");
  TENON_RETURN_IF_ERROR(open.session->Restore(*checkpoint));
  open.logits = {};
  return absl::OkStatus();
}

Status Rewind(OpenSession& open, int position) {
  if (position < 0)
    return absl::InvalidArgumentError("a position is not negative");
  TENON_RETURN_IF_ERROR(open.session->Rewind(static_cast<uint32_t>(position)));
  open.logits = {};
  return absl::OkStatus();
}

Status Reserve([[maybe_unused]] uint64_t bytes) {
#if defined(__EMSCRIPTEN__)
  if (!std::in_range<size_t>(bytes) ||
      (bytes > emscripten_get_heap_size() &&
       !emscripten_resize_heap(static_cast<size_t>(bytes))))
    return absl::ResourceExhaustedError("there is no more memory");
#endif
  return absl::OkStatus();
}

StatusOr<std::string> TakeProfile(int session) {
  TENON_ASSIGN_OR_RETURN(OpenSession * open,
                         This().engine.FindSession(session));
  if (open->profile == nullptr)
    return absl::FailedPreconditionError("the session has no profile");
  return ProfileLines(std::exchange(*open->profile, {}));
}

StatusOr<int> Sample(int sampler, int session) {
  TENON_ASSIGN_OR_RETURN(SamplerChain * chain,
                         This().engine.FindSampler(sampler));
  TENON_ASSIGN_OR_RETURN(const OpenSession* open,
                         This().engine.FindSession(session));
  if (open->logits.empty())
    return absl::FailedPreconditionError("feed a token first");
  return chain->Sample(open->logits);
}

}  // namespace
}  // namespace tenon::web

using namespace tenon::web;  // NOLINT: the functions below are C's
using tenon::Status;
using tenon::StatusOr;
using tenon::TokenId;

const char* tenon_error() { return This().error.c_str(); }
void* tenon_allocate(size_t bytes) { return std::malloc(bytes); }
void tenon_release(void* memory) { std::free(memory); }

int tenon_open(const char* name, double size) {
  return Result(This().engine.Open(name, static_cast<uint64_t>(size)));
}

uint8_t* tenon_header_room(double bytes) {
  return reinterpret_cast<uint8_t*>(
      This().engine.HeaderRoom(static_cast<uint64_t>(bytes)));
}

double tenon_header(double bytes) {
  const auto wanted = This().engine.ReadHeader(static_cast<uint64_t>(bytes));
  return wanted.ok() ? static_cast<double>(*wanted) : Fail(wanted.status());
}

int tenon_bind(const char* options) {
  return Result(This().engine.Bind(options));
}

int tenon_reserve(double bytes) {
  return Result(Reserve(static_cast<uint64_t>(bytes)));
}

int tenon_next(double* request) {
  const auto next = This().engine.Next();
  if (!next.ok()) return Fail(next.status());
  if (!*next) return 0;
  request[0] = static_cast<double>((*next)->offset);
  request[1] = static_cast<double>((*next)->into.size());
  request[2] =
      static_cast<double>(reinterpret_cast<uintptr_t>((*next)->into.data()));
  return 1;
}

int tenon_accept() { return Result(This().engine.Written()); }
int tenon_tune(const char* text) { return Result(This().engine.Tune(text)); }
int tenon_start() { return Result(This().engine.Start()); }

double tenon_number(const char* key) { return Number(This().engine, key); }

double tenon_activation_bytes(int context_size, int threads) {
  const tenon::Model* model = This().engine.model();
  if (model == nullptr || context_size < 0 || threads < 1) return NAN;
  return ActivationBytes(*model, static_cast<uint32_t>(context_size),
                         static_cast<uint32_t>(threads));
}

const char* tenon_text(const char* key) {
  This().text = Text(This().engine, key);
  return This().text.c_str();
}

int tenon_encode(const char* text, size_t bytes, int add_special,
                 int parse_special) {
  const auto* tokenizer = NeedTokenizer();
  if (tokenizer == nullptr) return kNoTokenizer;
  This().tokens = tokenizer->Encode(
      {text, bytes},
      {.add_special = add_special != 0, .parse_special = parse_special != 0});
  return static_cast<int>(This().tokens.size());
}

const int32_t* tenon_tokens() { return This().tokens.data(); }

int tenon_decode(const int32_t* ids, size_t count, int special) {
  const auto* tokenizer = NeedTokenizer();
  if (tokenizer == nullptr) return kNoTokenizer;
  return KeepBytes(tokenizer->Decode({ids, count}, special != 0));
}

int tenon_token_bytes(int id, int special) {
  const auto* tokenizer = NeedTokenizer();
  if (tokenizer == nullptr) return kNoTokenizer;
  std::string bytes;
  tokenizer->AppendBytes(id, special != 0, bytes);
  return KeepBytes(std::move(bytes));
}

const uint8_t* tenon_bytes() {
  return reinterpret_cast<const uint8_t*>(This().bytes.data());
}

int tenon_is_end(int id) {
  const auto* tokenizer = This().engine.tokenizer();
  return tokenizer != nullptr && id >= 0 && tokenizer->IsEndOfGeneration(id);
}

int tenon_session(int context_size, int profile) {
  return Result(This().engine.AddSession(
      static_cast<uint32_t>(std::max(context_size, 0)), profile != 0));
}

void tenon_session_free(int session) { This().engine.RemoveSession(session); }

int tenon_feed(int session, const int32_t* ids, size_t count, float* logits,
               float* hidden) {
  return WithSession(session, [&](OpenSession& open) {
    return Feed(open, {ids, count}, CopyRows(logits, hidden));
  });
}

const float* tenon_logits(int session) {
  const auto open = This().engine.FindSession(session);
  return open.ok() ? (*open)->logits.data() : nullptr;
}

int tenon_position(int session) {
  return WithSession(session, [](const OpenSession& open) -> StatusOr<int> {
    return static_cast<int>(open.session->position());
  });
}

const char* tenon_profile(int session) {
  const auto text = TakeProfile(session);
  if (!text.ok()) {
    Fail(text.status());
    return nullptr;
  }
  This().profile = *text;
  return This().profile.c_str();
}

int tenon_context_size(int session) {
  return WithSession(session, [](const OpenSession& open) -> StatusOr<int> {
    return static_cast<int>(open.session->context_size());
  });
}

int tenon_checkpoint(int session) {
  return WithSession(session, [](OpenSession& open) -> StatusOr<int> {
    return open.checkpoints.Add(open.session->Save());
  });
}

int tenon_restore(int session, int checkpoint) {
  return WithSession(
      session, [&](OpenSession& open) { return Restore(open, checkpoint); });
}

void tenon_checkpoint_free(int session, int checkpoint) {
  const auto open = This().engine.FindSession(session);
  if (open.ok()) (*open)->checkpoints.Remove(checkpoint);
}

int tenon_rewind(int session, int position) {
  return WithSession(session,
                     [&](OpenSession& open) { return Rewind(open, position); });
}

int tenon_sampler(const char* options) {
  return Result(This().engine.AddSampler(options));
}

void tenon_sampler_free(int sampler) { This().engine.RemoveSampler(sampler); }

int tenon_sample(int sampler, int session) {
  return Result(Sample(sampler, session));
}

int tenon_accept_token(int sampler, int id) {
  const auto chain = This().engine.FindSampler(sampler);
  if (!chain.ok()) return Fail(chain.status());
  (*chain)->Accept(id);
  return 0;
}
