// Runs model files that lie in memory.
#ifndef TENON_TESTS_SUPPORT_ENGINE_H_
#define TENON_TESTS_SUPPORT_ENGINE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tenon/model.h"
#include "tenon/registry.h"
#include "tenon/session.h"
#include "tenon/status.h"

namespace tenon::testing_support {

// The linked plugins, without executors unless `executors`: then everything
// runs on the calling thread.
StatusOr<Registry> LinkedRegistry(bool executors);

// Borrows `file`.
StatusOr<std::shared_ptr<const Model>> LoadModel(
    const Registry& registry, std::span<const std::byte> file,
    const LoadOptions& options);

// What a session says about each token.
struct Rows {
  std::vector<std::vector<float>> hidden, logits;
  friend bool operator==(const Rows&, const Rows&) = default;
};

// Feeds `tokens` to a new session in pieces of the given sizes, the last of
// which is repeated; no sizes: all at once.
StatusOr<Rows> FeedAll(std::shared_ptr<const Model> model,
                       std::span<const int32_t> tokens,
                       std::span<const size_t> pieces = {});

}  // namespace tenon::testing_support

#endif  // TENON_TESTS_SUPPORT_ENGINE_H_
