// What the WebAssembly module offers to JavaScript: one engine for each
// instance of the module, with plain functions and numbers as handles.
//
// Results: where nothing else is said, a count or a handle >= 0, or the negated
// number of an absl::StatusCode; then tenon_error() says what and where.  Texts
// are UTF-8 and end with a zero byte; those returned are valid until the next
// call of the same function.  Numbers that can exceed 2^31 are doubles.
//
// Threads: every call from the thread that made the instance.
//
// Loading never waits: the caller brings the bytes when it has them.
//   tenon_open("model.gguf", size)
//   do fill tenon_header_room(n), with n growing, until tenon_header(n) == 0
//   tenon_bind(options), and tenon_tune(text) if the number of threads is open
//   tenon_reserve(n) if the memory shall not grow later
//   while tenon_next(request) == 1: write the bytes, tenon_accept()
//   tenon_start()
#ifndef FRONTENDS_WEB_MODULE_EXPORTS_H_
#define FRONTENDS_WEB_MODULE_EXPORTS_H_

#include <cstddef>
#include <cstdint>

extern "C" {

const char* tenon_error();  // of the last call that failed
// Memory for arguments and results; null if there is none left.
void* tenon_allocate(size_t bytes);
void tenon_release(void* memory);

// ---- loading
// -----------------------------------------------------------------

// Begins to load a file of `size` bytes.  `name` is for errors.
int tenon_open(const char* name, double size);
// Room for the first `bytes` of the file, at least one; what was written before
// is kept.  Null if there is no memory.
uint8_t* tenon_header_room(double bytes);
// The first `bytes` of the file are there.  0: the header is complete;
// otherwise how many bytes it has at least.
double tenon_header(double bytes);
// Chooses kernels and makes the tokenizer.  `options`: "key=value" separated by
// ';' out of activations=int8|f32, cache=f16|f32, backends=a,b, threads=N (as
// `tenon run`), most_threads=N (if threads=0).
int tenon_bind(const char* options);
// Grows the memory of the module to `bytes`.
int tenon_reserve(double bytes);
// The next bytes that the weights need, in the order of the file:
// request[0] offset in the file, [1] bytes, [2] address to write them to.
// 1: there is a request; 0: all weights are there.
int tenon_next(double* request);
// What tenon_next() asked for is written.
int tenon_accept();
// Lets tenon_start() measure which threads and tiles are fastest, for about 0.4
// seconds, unless `text` says it: what tenon_text("tuning") was after another
// start, or anything else.
int tenon_tune(const char* text);
// Starts the threads: the model is ready.
int tenon_start();

// ---- what was loaded
// -----------------------------------------------------------

// Between tenon_header and tenon_bind: "data_offset" (of the first weight in
// the file).  After tenon_bind: "parameters", "vocab_size", "context_size" (the
// model's), "embedding_size", "step_tokens" (most tokens of one step of
// prefill), "bos", "eos" (-1: none), "adds_bos", "weights_bytes",
// "position_bytes" (state per position), "state_bytes" (constant state; both
// are per session), "used_bytes" (memory in use now, the module itself
// included).  After tenon_start: "threads".  NaN for other keys.
double tenon_number(const char* key);
// After tenon_bind: what a session of `context_size` positions (0: the model's)
// takes besides its state, with the scratch of `threads` threads.
double tenon_activation_bytes(int context_size, int threads);
// "architecture", "format", "model_name", "chat_template", "backends",
// "executor", "kernels" (lines "OP: KERNEL, COUNT"), "warnings" (lines),
// "tuning" (see tenon_tune()).  Empty for what there is not.
const char* tenon_text(const char* key);

// ---- text and tokens
// -----------------------------------------------------------

// Encodes `bytes` bytes; returns the number of ids at tenon_tokens().
int tenon_encode(const char* text, size_t bytes, int add_special,
                 int parse_special);
const int32_t* tenon_tokens();
// Decodes a whole text; returns the number of bytes at tenon_bytes().
int tenon_decode(const int32_t* ids, size_t count, int special);
// The bytes of one token, which may end inside a code point; as above.
int tenon_token_bytes(int id, int special);
const uint8_t* tenon_bytes();
int tenon_is_end(int id);  // 1: generation ends after this token

// ---- sessions
// -------------------------------------------------------------------

// `context_size` positions, 0: the model's.  `profile` 1: keeps the time of
// each kernel, which slows it down; 0: that costs nothing.  Returns a handle >
// 0.
int tenon_session(int context_size, int profile);
void tenon_session_free(int session);
// Feeds tokens.  With `logits` (count rows of vocab_size) or `hidden` (count
// rows of embedding_size), writes the outputs after each token there; both may
// be null.  Waits until done: pass at most step_tokens at a time to stay
// responsive; results depend on the partition in the last bits only, and not
// at all if every call but the last has step_tokens tokens.
int tenon_feed(int session, const int32_t* ids, size_t count, float* logits,
               float* hidden);
// The logits after the last token, vocab_size floats; null before the first.
const float* tenon_logits(int session);
int tenon_position(int session);
// The time of each kernel since the last call: lines "OP CALLS NANOSECONDS
// KERNEL".  Null for a session without a profile.
const char* tenon_profile(int session);
int tenon_context_size(int session);
// A checkpoint to come back to, a handle > 0 that belongs to the session.
int tenon_checkpoint(int session);
int tenon_restore(int session, int checkpoint);
void tenon_checkpoint_free(int session, int checkpoint);
// Forgets all but the first `position` tokens (hybrid models: only 0).
int tenon_rewind(int session, int position);

// ---- samplers
// -------------------------------------------------------------------

// `options`: "temp=4605380978949069210;seed=1;logit_bias=15:...,7:...", the
// names of `tenon run` with '_' for '-'; see option_text.h for numbers. Returns
// a handle > 0.
int tenon_sampler(const char* options);
void tenon_sampler_free(int sampler);
// Picks a token by the session's logits; does not feed or accept it.
int tenon_sample(int sampler, int session);
// A token became part of the text: of the prompt, or sampled.
int tenon_accept_token(int sampler, int id);

}  // extern "C"

#endif  // FRONTENDS_WEB_MODULE_EXPORTS_H_
