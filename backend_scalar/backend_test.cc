#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <tuple>

#include "backend_scalar/kernel_case.h"
#include "backend_scalar/random_weights.h"

namespace tenon::scalar {
namespace {

using testing::MatchesRegex;

TEST(Backend, HasEveryOpButCustom) {
  std::set<OpKind> ops;
  for (const KernelEntry& entry : Kernels()) ops.insert(entry.op);
  const size_t all = static_cast<size_t>(OpKind::kCustom);
  EXPECT_EQ(ops.size(), all);
  EXPECT_EQ(ops.count(OpKind::kCustom), 0u);
}

TEST(Backend, HasEveryWeightTypeInF32) {
  for (const OpKind op :
       {OpKind::kEmbed, OpKind::kLinear, OpKind::kLinearAdd, OpKind::kHead})
    for (int i = 0; i < static_cast<int>(DType::kA8); ++i)
      EXPECT_NE(FindKernel(op, DType{static_cast<uint8_t>(i)}, DType::kF32),
                nullptr)
          << i;
}

TEST(Backend, HasEveryBlockTypeInInt8) {
  for (const OpKind op : {OpKind::kLinear, OpKind::kLinearAdd, OpKind::kHead}) {
    for (const DType dtype : kBlockTypes)
      EXPECT_NE(FindKernel(op, dtype, DType::kA8), nullptr) << Name(dtype);
    for (const DType dtype : {DType::kF32, DType::kF16, DType::kBF16})
      EXPECT_EQ(FindKernel(op, dtype, DType::kA8), nullptr) << Name(dtype);
  }
}

TEST(Backend, FillsEachSlotOnceUnderAProperName) {
  std::set<std::tuple<OpKind, DType, DType, Phase>> slots;
  std::set<std::string> names;
  for (const KernelEntry& entry : Kernels()) {
    for (const Phase phase : {kPrefill, kDecode}) {
      if ((entry.phases & phase) == 0) continue;
      EXPECT_TRUE(
          slots.insert({entry.op, entry.weight, entry.activation, phase})
              .second)
          << entry.name;
    }
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_THAT(entry.name, MatchesRegex("[a-z0-9_]+_(f32|a8)_scalar"));
  }
}

TEST(Backend, IsExactAndCanonical) {
  for (const KernelEntry& entry : Kernels()) {
    EXPECT_EQ(entry.numerics, Numerics::kExact);
    EXPECT_EQ(entry.layout, nullptr);
    EXPECT_NE(entry.run, nullptr);
    EXPECT_NE(entry.items, nullptr);
  }
}

}  // namespace
}  // namespace tenon::scalar
