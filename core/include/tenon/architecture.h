// A model architecture: reads its hyper-parameters from the file, then emits
// the graph.
#ifndef TENON_ARCHITECTURE_H_
#define TENON_ARCHITECTURE_H_

#include <memory>
#include <span>
#include <string_view>

#include "tenon/builder.h"
#include "tenon/model_file.h"
#include "tenon/status.h"

namespace tenon {

// What the engine and its users want to know of any model.
struct ModelShape {
  uint32_t vocab_size;        // V: rows of the embedding
  uint32_t context_length;    // positions that the model was trained for
  uint32_t embedding_length;  // E
  uint32_t layers;
};

// One configured model.  Immutable; may be used from several threads.
class Architecture {
 public:
  virtual ~Architecture() = default;
  virtual ModelShape shape() const = 0;
  // Declares every weight and state and emits the nodes, in execution order.
  // Called once per model load.  Errors go into the builder.
  virtual void Build(GraphBuilder& g) const = 0;
};

// What an architecture plugin brings.
struct ArchitectureFactory {
  // Values of general.architecture that this plugin runs.
  std::span<const std::string_view> architectures;
  // Reads and checks the hyper-parameters; `file` need not outlive the call.
  // Errors name the key or the tensor.
  StatusOr<std::unique_ptr<Architecture>> (*configure)(const ModelFile& file);
};

}  // namespace tenon

#endif  // TENON_ARCHITECTURE_H_
