// Nodes that a kernel can compute, of any size: their operands, of all tokens
// where the op allows, weights, states and attributes.  `e` names the op and
// the types of weight and activation.
#ifndef TENON_TESTS_CONFORMANCE_NODES_H_
#define TENON_TESTS_CONFORMANCE_NODES_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "conformance/rig.h"
#include "tenon/kernel.h"

namespace tenon::conformance {

// "5x32"
std::string Sizes(std::initializer_list<uint32_t> sizes);

// ---- matrices
NodeCase Projection(const KernelEntry& e, uint32_t n, uint32_t k);
NodeCase Embedding(const KernelEntry& e, uint32_t vocabulary, uint32_t k);
// ExpertLinear shares the input among the slots, ExpertSum has one for each.
NodeCase ExpertMatrices(const KernelEntry& e, const RouteAttrs& route,
                        uint32_t n, uint32_t k);

// ---- by rows and columns
// `runs` of `width` elements each.
NodeCase Norm(const KernelEntry& e, uint32_t runs, uint32_t width);
NodeCase ElementByElement(const KernelEntry& e, uint32_t cols);
// One number per column.
NodeCase PerColumn(const KernelEntry& e, uint32_t cols);
NodeCase Quantization(const KernelEntry& e, uint32_t cols, uint32_t width);
NodeCase RoundedNorm(const KernelEntry& e, uint32_t cols, uint32_t width);
NodeCase Slice(const KernelEntry& e, const SliceAttrs& slice, uint32_t periods);
NodeCase Concat(const KernelEntry& e, std::initializer_list<uint32_t> cols);
NodeCase OutputRows(const KernelEntry& e, uint32_t cols);
NodeCase Routing(const KernelEntry& e, const RouteAttrs& route);

// ---- positions and states
// `factors`: whether there is a weight that divides the angles.
NodeCase Angles(const KernelEntry& e, const RopeAnglesAttrs& attrs,
                bool factors);
NodeCase Rotation(const KernelEntry& e, uint32_t heads, const RopeAttrs& rope);
NodeCase Storing(const KernelEntry& e, DType cache, uint32_t cols);
NodeCase AttentionOver(const KernelEntry& e, const AttentionAttrs& attention,
                       DType cache);
NodeCase Convolution(const KernelEntry& e, uint32_t channels, uint32_t taps);
NodeCase DeltaRule(const KernelEntry& e, const DeltaAttrs& delta);

}  // namespace tenon::conformance

#endif  // TENON_TESTS_CONFORMANCE_NODES_H_
