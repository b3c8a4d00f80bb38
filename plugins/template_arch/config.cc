#include "template_arch/config.h"

#include "tenon/hyperparameters.h"

namespace tenon::template_arch {

StatusOr<Config> ReadConfig(const ModelFile& file) {
  TENON_ASSIGN_OR_RETURN(const Hyperparameters keys, Hyperparameters::Of(file));
  Config c{};
  TENON_ASSIGN_OR_RETURN(c.layers, keys.Layers());
  TENON_ASSIGN_OR_RETURN(c.E, keys.Length("embedding_length"));
  TENON_ASSIGN_OR_RETURN(c.F, keys.Length("feed_forward_length"));
  TENON_ASSIGN_OR_RETURN(c.context_length, keys.Length("context_length"));
  TENON_ASSIGN_OR_RETURN(c.eps, keys.RmsEpsilon());
  TENON_ASSIGN_OR_RETURN(c.V, VocabularySize(file));
  return c;
}

}  // namespace tenon::template_arch
