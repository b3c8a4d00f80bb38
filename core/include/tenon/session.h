// A session: one conversation with a model.  Owns the state (keys and values)
// and remembers the tokens that it has seen.
#ifndef TENON_SESSION_H_
#define TENON_SESSION_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tenon/model.h"
#include "tenon/status.h"

namespace tenon {

// Where the time went, by kernel.  What it measures gets slower: every node is
// waited for.
struct Profile {
  struct Entry {
    OpKind op;
    uint64_t calls = 0, nanoseconds = 0;
  };
  std::map<std::string, Entry> kernels;  // by name
};

struct SessionOptions {
  // Positions to hold; 0: the model's own context length, at most
  // kDefaultContext.
  uint32_t context_size = 0;
  // If not null, every step adds to it; outlives the session.
  Profile* profile = nullptr;
};
inline constexpr uint32_t kDefaultContext = 4096;
inline constexpr uint32_t kMaxContext = 1u << 24;

// One output row.  Spans are valid during the callback only.
struct OutputRow {
  uint32_t position;
  std::span<const float> hidden;  // [E], after the output norm
  std::span<const float> logits;  // [V], raw
};

struct FeedOptions {
  // If set, called for every token fed, in order; otherwise only the last
  // token's outputs are computed.
  std::function<void(const OutputRow&)> every_row;
  // Called after each step with tokens done and tokens in total.
  std::function<void(size_t done, size_t total)> progress;
  // Checked between steps; may be null.
  const std::atomic<bool>* cancel = nullptr;
};

struct Workspace;  // states and the memory of the steps

// A place in a session's text to come back to: the tokens so far and a copy of
// the state whose size does not depend on them.  Key and value rows are not
// copied: later tokens only add rows behind them.
struct Checkpoint {
  std::vector<TokenId> tokens;
  std::vector<std::vector<std::byte>> state;  // recurrent and ring states
};

// Threads: one caller per session; sessions of one model may run at the same
// time.
class Session {
 public:
  ~Session();
  // Errors: kResourceExhausted; kInvalidArgument for an impossible context.
  static StatusOr<std::unique_ptr<Session>> Create(
      std::shared_ptr<const Model> model, const SessionOptions& options);

  // Feeds `tokens` after the ones already seen and returns the logits [V] that
  // follow the last one, raw, valid until the next call.
  // Errors: kInvalidArgument for no tokens or an id outside the vocabulary;
  // kResourceExhausted if they do not fit into the context, naming the
  // numbers; nothing was fed in both cases.  kCancelled: the tokens of
  // finished steps were fed, see position().
  StatusOr<std::span<const float>> Feed(std::span<const TokenId> tokens,
                                        const FeedOptions& options = {});

  // Forgets everything after the first `position` tokens.
  // Errors: kInvalidArgument if position > this->position(); kUnimplemented for
  // a model with recurrent state, which cannot forget, unless position is 0 or
  // changes nothing: such models go back to checkpoints.
  Status Rewind(uint32_t position);

  Checkpoint Save() const;
  // Goes back to a checkpoint of this session: what follows is bit-identical
  // to never having gone on from there.
  // Errors: kInvalidArgument if the text up to the checkpoint has changed.
  Status Restore(const Checkpoint& checkpoint);

  uint32_t position() const { return static_cast<uint32_t>(tokens_.size()); }
  uint32_t context_size() const { return context_size_; }
  std::span<const TokenId> tokens() const { return tokens_; }
  std::span<const float> hidden() const {
    return hidden_;
  }  // of the last token
  const Model& model() const { return *model_; }
  uint64_t state_bytes() const;  // reserved; untouched pages cost nothing

 private:
  Session();
  Status Allocate(const SessionOptions& options);
  bool HasConstantState() const;
  void ClearConstantState();
  void Step(std::span<const TokenId> tokens, uint32_t outputs);
  void Emit(const FeedOptions& options, uint32_t outputs);
  Status Check(std::span<const TokenId> tokens) const;
  std::span<const float> Output(const Operand& operand, uint32_t row) const;

  void Run(const StepContext& ctx, Phase phase);
  void RunProfiled(const Plan& plan, const StepContext& ctx, Phase phase);

  std::shared_ptr<const Model> model_;
  uint32_t context_size_ = 0;
  Profile* profile_ = nullptr;
  std::vector<TokenId> tokens_;
  std::unique_ptr<Workspace> space_;
  std::span<const float> hidden_, logits_;
};

}  // namespace tenon

#endif  // TENON_SESSION_H_
