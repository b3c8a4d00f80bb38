// What the exported functions work on: a model that is being loaded or is
// ready, and its sessions and samplers by number.
#ifndef FRONTENDS_WEB_MODULE_ENGINE_H_
#define FRONTENDS_WEB_MODULE_ENGINE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "tenon/model_loader.h"
#include "tenon/registry.h"
#include "tenon/sampler.h"
#include "tenon/session.h"
#include "web/module/prefix_source.h"
#include "web/module/stored_tuning.h"

namespace tenon::web {

// Objects by number: 1, 2, 3, ...; a number is used once.
template <typename T>
class Handles {
 public:
  int Add(T object) {
    objects_.emplace(++last_, std::move(object));
    return last_;
  }
  T* Find(int handle) {
    const auto found = objects_.find(handle);
    return found == objects_.end() ? nullptr : &found->second;
  }
  void Remove(int handle) { objects_.erase(handle); }

 private:
  std::map<int, T> objects_;
  int last_ = 0;
};

struct OpenSession {
  std::unique_ptr<Profile> profile;  // null: none; outlives the session
  std::unique_ptr<Session> session;
  Handles<Checkpoint> checkpoints;
  std::span<const float> logits;  // after the last token
};

// One per instance of the module.  Threads: one caller.
class Engine {
 public:
  // ---- loading, in this order; see exports.h
  Status Open(std::string_view name, uint64_t size);
  std::byte* HeaderRoom(uint64_t bytes);
  // How many bytes the header has at least; 0: it is complete.
  StatusOr<uint64_t> ReadHeader(uint64_t filled);
  Status Bind(std::string_view options);
  StatusOr<std::optional<WeightRequest>> Next();
  Status Written();
  // Start() will tune, or trust `text` if it fits.
  Status Tune(std::string_view text);
  Status Start();

  // ---- what was loaded
  // The first byte of the file that is not of the header; size(): none.
  // Errors: kFailedPrecondition unless between ReadHeader() and Bind().
  StatusOr<uint64_t> DataOffset() const;
  // Null before Bind().
  const Model* model() const;
  // Errors: kFailedPrecondition before Start().
  StatusOr<std::shared_ptr<const Model>> Ready() const;
  // Null if the model has none, or before Bind().
  const Tokenizer* tokenizer() const;
  const std::string& warnings() const { return warnings_; }
  // For Tune() of another engine.
  const std::string& tuning() const { return tuning_.text; }

  // ---- sessions and samplers
  StatusOr<int> AddSession(uint32_t context_size, bool profiled);
  StatusOr<int> AddSampler(std::string_view options);
  // Errors: kInvalidArgument for a number that is not one of a session.
  StatusOr<OpenSession*> FindSession(int handle);
  StatusOr<SamplerChain*> FindSampler(int handle);
  void RemoveSession(int handle) { sessions_.Remove(handle); }
  void RemoveSampler(int handle) { samplers_.Remove(handle); }

 private:
  StatusOr<const Registry*> Plugins();
  LogHook Log();

  std::optional<Registry> registry_;
  std::string name_, warnings_;
  uint64_t size_ = 0;
  StoredTuning tuning_;
  Prefix prefix_;  // the model borrows it
  std::optional<ModelFile> file_;
  std::optional<ModelLoader> loader_;
  std::shared_ptr<const Model> model_;
  Handles<OpenSession> sessions_;
  Handles<SamplerChain> samplers_;
};

}  // namespace tenon::web

#endif  // FRONTENDS_WEB_MODULE_ENGINE_H_
