#include "arch_deltanet/experts.h"

namespace tenon::deltanet {

ExpertWeights DeclareExperts(GraphBuilder& g, const Config& c,
                             const std::string& p) {
  const uint32_t n = c.route.experts;
  ExpertWeights w;
  w.router = g.LinearOf(p + "ffn_gate_inp", n, c.E);
  if (g.Has(p + "ffn_gate_up_exps.weight")) {
    w.gate_up =
        g.Experts(p + "ffn_gate_up_exps.weight", n, 2 * c.F_expert, c.E);
  } else {
    w.gate = g.Experts(p + "ffn_gate_exps.weight", n, c.F_expert, c.E);
    w.up = g.Experts(p + "ffn_up_exps.weight", n, c.F_expert, c.E);
  }
  w.down = g.Experts(p + "ffn_down_exps.weight", n, c.E, c.F_expert);
  w.shared = DeclareSwiGlu(g, p, c.E, c.F_shared, "_shexp");
  w.shared_gate = g.LinearOf(p + "ffn_gate_inp_shexp", 1, c.E);
  return w;
}

ValueId ExpertBlock(GraphBuilder& g, const Config& c, const ExpertWeights& w,
                    const std::string& p, ValueId f) {
  const uint32_t F = c.F_expert;
  const ValueId logits = g.Linear(p + "ffn_gate_inp", f, w.router);  // [T, n]
  const ValueId route = g.Route(p + "route", logits, c.route.used);
  ValueId gate, up;  // [T, used * F]
  if (w.gate_up != WeightId::kNone) {
    const ValueId both =
        g.ExpertLinear(p + "ffn_gate_up_exps", f, route, w.gate_up, c.route);
    gate = g.SliceEach(p + "ffn_gate_exps", both, {0, F, 2 * F});
    up = g.SliceEach(p + "ffn_up_exps", both, {F, F, 2 * F});
  } else {
    gate = g.ExpertLinear(p + "ffn_gate_exps", f, route, w.gate, c.route);
    up = g.ExpertLinear(p + "ffn_up_exps", f, route, w.up, c.route);
  }
  const ValueId act = g.SwiGlu(p + "ffn_act_exps", gate, up);
  const ValueId chosen =
      g.ExpertSum(p + "ffn_down_exps", act, route, w.down, c.route);  // [T, E]

  const ValueId shared = SwiGluBlock(g, p, f, w.shared, "_shexp");  // [T, E]
  const ValueId weight = g.Sigmoid(
      p + "shared_weight",
      g.Linear(p + "ffn_gate_inp_shexp", f, w.shared_gate));  // [T, 1]
  return g.Add(p + "ffn_experts", chosen,
               g.Mul(p + "shared", shared, weight));  // [T, E]
}

}  // namespace tenon::deltanet
