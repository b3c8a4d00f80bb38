// The mixture of experts of qwen35moe and qwen3next.
#ifndef ARCH_DELTANET_EXPERTS_H_
#define ARCH_DELTANET_EXPERTS_H_

#include <string>

#include "arch_deltanet/config.h"
#include "tenon/blocks.h"
#include "tenon/builder.h"

namespace tenon::deltanet {

// Shapes as [rows, columns], for each of n experts where it says so.
struct ExpertWeights {
  LinearWeights router;                // [n, E]
  WeightId gate = WeightId::kNone;     // n of [F_expert, E]
  WeightId up = WeightId::kNone;       // n of [F_expert, E]
  WeightId gate_up = WeightId::kNone;  // n of [2 F_expert, E], instead of both
  WeightId down = WeightId::kNone;     // n of [E, F_expert]
  SwiGluWeights shared;                // of F_shared: sees every token
  LinearWeights shared_gate;           // [1, E]
};

ExpertWeights DeclareExperts(GraphBuilder& g, const Config& c,
                             const std::string& p);

// f [T, E] -> [T, E]: the weighted sum of the chosen experts, plus the shared
// expert times the sigmoid of its gate.
ValueId ExpertBlock(GraphBuilder& g, const Config& c, const ExpertWeights& w,
                    const std::string& p, ValueId f);

}  // namespace tenon::deltanet

#endif  // ARCH_DELTANET_EXPERTS_H_
