#ifndef TEMPLATE_ARCH_BUILD_H_
#define TEMPLATE_ARCH_BUILD_H_

#include "template_arch/config.h"
#include "tenon/builder.h"

namespace tenon::template_arch {

// Declares every tensor and emits the graph; errors go into the builder.
void BuildTemplateArch(GraphBuilder& g, const Config& c);

}  // namespace tenon::template_arch

#endif  // TEMPLATE_ARCH_BUILD_H_
