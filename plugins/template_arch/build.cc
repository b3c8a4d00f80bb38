#include "template_arch/build.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tenon/blocks.h"

namespace tenon::template_arch {
namespace {

// Shapes as [rows, columns]; letters as in Config.
struct LayerWeights {
  WeightId norm;      // [E]
  SwiGluWeights ffn;  // see blocks.h
};

struct Weights {
  WeightId embedding;  // [V, E], and the head
  std::vector<LayerWeights> layers;
  WeightId output_norm;  // [E]
};

Weights DeclareWeights(GraphBuilder& g, const Config& c) {
  Weights w;
  w.embedding = g.Matrix("token_embd.weight", c.V, c.E);
  for (uint32_t i = 0; i < c.layers; ++i) {
    const std::string p = absl::StrCat("blk.", i, ".");
    w.layers.push_back(
        {g.Vector(p + "ffn_norm.weight", c.E), DeclareSwiGlu(g, p, c.E, c.F)});
  }
  w.output_norm = g.Vector("output_norm.weight", c.E);
  return w;
}

}  // namespace

void BuildTemplateArch(GraphBuilder& g, const Config& c) {
  const Weights w = DeclareWeights(g, c);
  ValueId x = g.Embed("token_embd", w.embedding);  // [T, E]
  for (uint32_t i = 0; i < c.layers; ++i) {
    const std::string p = absl::StrCat("blk.", i, ".");
    const auto& [norm, ffn] = w.layers[i];
    const ValueId f = g.RmsNorm(p + "ffn_norm", x, norm, c.eps);  // [T, E]
    x = g.Add(p + "ffn_residual", x, SwiGluBlock(g, p, f, ffn));  // [T, E]
  }
  const ValueId last = g.TakeOutputs("outputs", x);  // [R, E]
  const ValueId hidden =
      g.RmsNorm("output_norm", last, w.output_norm, c.eps);  // [R, E]
  g.Outputs(hidden, {.weight = w.embedding});                // [R, V]
}

}  // namespace tenon::template_arch
