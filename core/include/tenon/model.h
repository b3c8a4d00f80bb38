// A loaded model: weights and plans, immutable, shared by its sessions.
#ifndef TENON_MODEL_H_
#define TENON_MODEL_H_

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tenon/architecture.h"
#include "tenon/arena.h"
#include "tenon/bind.h"
#include "tenon/executor.h"
#include "tenon/log_hook.h"
#include "tenon/model_file.h"
#include "tenon/registry.h"
#include "tenon/tokenizer.h"
#include "tenon/tuning.h"

namespace tenon {

struct LoadOptions {
  // Names of linked backends, slow to fast; empty: all that are linked.
  std::vector<std::string> backends;
  Activations activations = Activations::kInt8;
  DType cache = DType::kF16;  // of keys and values: kF16 or kF32
  uint32_t threads = 0;       // 0: `tuning` decides, or else `most_threads`
  uint32_t most_threads = 0;  // 0: as many as the executor thinks useful
  uint32_t max_tokens = BindOptions{}.max_tokens;  // of one prefill step
  // With 0 threads: says what an earlier load found to be fastest, or is told
  // what this one finds, which takes about 0.4 seconds.  May be null.
  TuningMemory* tuning = nullptr;
  LogHook log;
  // Called with bytes done and bytes in total while weights are brought in.
  std::function<void(uint64_t done, uint64_t total)> progress;
  // Checked between blocks of weights and while tuning; may be null.
  const std::atomic<bool>* cancel = nullptr;
};

// What memory a model takes, in bytes.
struct MemoryEstimate {
  uint64_t weights = 0;             // as bound: mapped or packed
  uint64_t activations = 0;         // per session, scratch included
  uint64_t state_per_position = 0;  // per session, times the context
  uint64_t state_constant = 0;      // per session: recurrent and ring states
};

// For sessions of `context` positions.  Scratch is that of one worker.
MemoryEstimate EstimateMemory(const BoundGraph& bound, uint32_t context);

// Threads: all methods are const and may be called from several threads.
class Model {
 public:
  // Binds and loads.  The file is kept open: weights that it stores in the
  // layout that they are bound with are used where they lie in it.
  // Errors: kUnimplemented when no linked plugin runs it, kInvalidArgument,
  // kResourceExhausted, kUnavailable, kCancelled.
  static StatusOr<std::shared_ptr<const Model>> Load(
      const Registry& registry, ModelFile file, const LoadOptions& options);

  const ModelFile& file() const { return file_; }
  ModelShape shape() const { return shape_; }
  const Tokenizer* tokenizer() const { return tokenizer_.get(); }
  const BoundGraph& bound() const { return bound_; }
  Executor& executor() const { return *executor_; }
  std::string_view architecture_plugin() const { return architecture_; }
  std::string_view executor_plugin() const { return executor_name_; }
  std::vector<std::string_view> backends() const { return backends_; }
  // What decided on the number of threads and on tiles, if that did.
  const std::optional<Tuning>& tuning() const { return tuning_; }
  uint64_t parameters() const;  // elements of all tensors of the file

 private:
  friend class ModelLoader;
  Model() = default;
  // All but the weights and the executor.
  Status Prepare(const Registry& registry, const LoadOptions& options);

  ModelFile file_;
  ModelShape shape_{};
  std::unique_ptr<Tokenizer> tokenizer_;  // null: a file without one
  BoundGraph bound_;
  std::vector<AlignedBuffer> packed_;  // weights that are not used in place
  std::unique_ptr<Executor> executor_;
  std::string_view architecture_, executor_name_;
  std::optional<Tuning> tuning_;
  std::vector<std::string_view> backends_;
};

// The graph of a file without its weights: what `tenon inspect` needs.
// Errors: as Model::Load, before any byte of a tensor is read.
StatusOr<Graph> BuildGraph(const Registry& registry, const ModelFile& file,
                           DType cache);

// The file's tokenizer; nullptr if it has none.
// Errors: kUnimplemented if no linked plugin reads its kind.
StatusOr<std::unique_ptr<Tokenizer>> LoadTokenizer(const Registry& registry,
                                                   const ModelFile& file,
                                                   const LogHook& log);

}  // namespace tenon

#endif  // TENON_MODEL_H_
