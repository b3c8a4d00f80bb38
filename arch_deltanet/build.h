#ifndef ARCH_DELTANET_BUILD_H_
#define ARCH_DELTANET_BUILD_H_

#include "arch_deltanet/config.h"
#include "tenon/builder.h"

namespace tenon::deltanet {

// Emits the trunk: layers of gated delta rule (Yang, Kautz and Hatamizadeh
// 2024), every few of them one of gated softmax attention.
void BuildDeltaNet(GraphBuilder& g, const Config& c);

}  // namespace tenon::deltanet

#endif  // ARCH_DELTANET_BUILD_H_
