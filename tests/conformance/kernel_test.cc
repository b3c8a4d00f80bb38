// Every kernel of every linked backend: against the oracle in double
// precision, against the reference backend bit by bit where it promises so,
// and against itself with the work divided in other ways.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "conformance/cases.h"
#include "conformance/expected.h"
#include "conformance/rig.h"
#include "support/random.h"
#include "tenon/backend.h"
#include "tenon/registry.h"

namespace tenon::conformance {
namespace {

constexpr std::string_view kReference = "backend_scalar";

// A kernel and the plugin that brings it.
struct Kernel {
  const Plugin* plugin;
  const KernelEntry* entry;
};

std::vector<Kernel> LinkedKernels() {
  std::vector<Kernel> kernels;
  for (const Plugin* p : LinkedPlugins()) {
    if (p->kind != PluginKind::kBackend) continue;
    for (const KernelEntry& e : AsBackend(*p).kernels)
      kernels.push_back({p, &e});
  }
  return kernels;
}

std::string NameOf(const testing::TestParamInfo<Kernel>& info) {
  return info.param.entry->name;
}

void PrintTo(const Kernel& kernel, std::ostream* out) {
  *out << kernel.plugin->name << ": " << kernel.entry->name;
}

// What the reference computes in its stead: an entry for the same op, types
// and phases, in the canonical layout.
const KernelEntry* ReferenceFor(const KernelEntry& entry) {
  for (const Kernel& k : LinkedKernels()) {
    const KernelEntry& e = *k.entry;
    if (k.plugin->name == kReference && e.op == entry.op &&
        e.weight == entry.weight && e.activation == entry.activation &&
        (e.phases & entry.phases) == entry.phases)
      return k.entry;
  }
  return nullptr;
}

using Split = std::vector<Range>;

Split OneByOneBackwards(uint32_t items) {
  Split split;
  for (uint32_t i = items; i-- > 0;) split.push_back({i, i + 1});
  return split;
}

// Pieces of random sizes in random order.
Split AtRandom(uint32_t items, uint64_t seed) {
  testing_support::Rng rng(seed);
  Split split;
  for (uint32_t at = 0; at < items;) {
    const uint32_t size = 1 + rng.Below(items - at);
    split.push_back({at, at + size});
    at += size;
  }
  for (size_t i = split.size(); i > 1; --i)
    std::swap(split[i - 1], split[rng.Below(static_cast<uint32_t>(i))]);
  return split;
}

class KernelConformance : public testing::TestWithParam<Kernel> {
 protected:
  void SetUp() override {
    const Backend& backend = AsBackend(*GetParam().plugin);
    const char* why = backend.unusable ? backend.unusable() : nullptr;
    if (why != nullptr) GTEST_SKIP() << GetParam().plugin->name << ": " << why;
  }

  const KernelEntry& entry() const { return *GetParam().entry; }

  // Calls `check(rig, memory)` for every node that the kernel accepts, after
  // running it whole.
  template <typename Check>
  void ForEachRun(Check check) {
    size_t accepted = 0;
    uint64_t seed = 1;
    for (const NodeCase& node : CasesFor(entry())) {
      for (const StepShape& step : StepsFor(entry())) {
        Rig rig(node, step, ++seed);
        if (entry().refuses && entry().refuses(rig.ArgsFor(entry()))) continue;
        ++accepted;
        SCOPED_TRACE(testing::Message()
                     << node.label << ", T " << step.tokens << ", R "
                     << step.outputs << ", position " << step.position);
        const Split whole = {{0, rig.Items(entry())}};
        check(rig, rig.Run(entry(), whole));
        if (HasFailure()) return;
      }
    }
    EXPECT_GT(accepted, 0u) << "refuses every node that is tried";
  }
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(KernelConformance);

TEST_P(KernelConformance, AnyDivisionGivesTheSameBits) {
  ForEachRun([&](Rig& rig, const Memory& whole) {
    const uint32_t items = rig.Items(entry());
    EXPECT_TRUE(rig.Run(entry(), OneByOneBackwards(items)) == whole)
        << "one item at a time, backwards";
    EXPECT_TRUE(rig.Run(entry(), AtRandom(items, /*seed=*/1)) == whole)
        << "pieces of random sizes";
  });
}

double LargestMagnitude(std::span<const double> x) {
  double largest = 0;
  for (double v : x) largest = std::max(largest, std::abs(v));
  return largest;
}

// `error`: of x, as a part of the largest that shares its scale.
void ExpectBlock(std::span<const double> x, double scale, double error,
                 const A8Block& block) {
  EXPECT_NEAR(block.scale, scale, scale * error);
  int sums[2] = {0, 0};
  for (size_t i = 0; i < 32; ++i) {
    sums[i / 16] += block.q[i];
    const double exact = scale == 0 ? 0.0 : x[i] / scale;
    EXPECT_LE(std::abs(exact - block.q[i]), 0.5 + 160 * error);
  }
  EXPECT_EQ(block.sum[0], sums[0]);
  EXPECT_EQ(block.sum[1], sums[1]);
}

// Rows before they are rounded, how exact a kernel has them, and how many
// columns share a scale.
struct Unrounded {
  explicit Unrounded(const Rig& rig) {
    const NodeCase& node = rig.node();
    const auto* norm = std::get_if<NormQuantizeAttrs>(&node.attrs);
    for (uint32_t row = 0; row < rig.OutputRows(); ++row)
      rows.push_back(norm == nullptr ? rig.Input(0, row)
                                     : ExpectedRow(rig, row).value);
    error = norm == nullptr ? 1.2e-7 : Tolerance(OpKind::kRmsNorm);
    width = norm == nullptr ? std::get<QuantizeAttrs>(node.attrs).width
                            : norm->rounding.width;
  }

  std::vector<oracle::Vector> rows;
  double error;
  size_t width;
};

// The blocks are checked one by one: the definition stands in dtype.h.
void ExpectRounded(const Rig& rig, const Memory& memory) {
  const Unrounded unrounded(rig);
  const size_t width = unrounded.width;
  for (uint32_t row = 0; row < rig.OutputRows(); ++row) {
    const oracle::Vector& x = unrounded.rows[row];
    const auto bytes = rig.OutputBytes(memory, row);
    for (size_t i = 0; i < x.size(); i += 32) {
      const auto sharing = std::span(x).subspan(i / width * width, width);
      A8Block block;
      std::memcpy(&block, &bytes[i / 32 * sizeof(block)], sizeof(block));
      ExpectBlock(std::span(x).subspan(i, 32), LargestMagnitude(sharing) / 127,
                  unrounded.error, block);
    }
  }
}

void ExpectStored(const Rig& rig, const Memory& memory) {
  const bool half = rig.node().states[0].dtype == DType::kF16;
  for (uint32_t row = 0; row < rig.step().tokens; ++row) {
    const oracle::Vector x = rig.Input(0, row);
    const oracle::Vector stored =
        rig.State(memory, 0, rig.step().position + row);
    for (size_t i = 0; i < x.size(); ++i)
      EXPECT_NEAR(stored[i], x[i],
                  half ? std::abs(x[i]) * 0x1p-11 + 0x1p-25 : 0)
          << "row " << row << ", column " << i;
  }
}

void ExpectNumbers(const Rig& rig, const Memory& memory) {
  const double tolerance = Tolerance(rig.node().op);
  for (uint32_t row = 0; row < rig.OutputRows(); ++row) {
    const Expected expected = ExpectedRow(rig, row);
    const oracle::Vector actual = rig.Output(memory, row);
    for (size_t i = 0; i < actual.size(); ++i) {
      const double error = std::abs(actual[i] - expected.value[i]);
      ASSERT_LE(error, tolerance * expected.size[i] + 1e-37)
          << "row " << row << ", column " << i << ": " << actual[i]
          << " instead of " << expected.value[i];
    }
  }
}

void ExpectState(const Rig& rig, const Memory& memory) {
  const std::vector<oracle::Vector> expected = ExpectedState(rig);
  for (size_t row = 0; row < expected.size(); ++row) {
    const oracle::Vector actual = rig.State(memory, 0, row);
    for (size_t i = 0; i < actual.size(); ++i)
      ASSERT_NEAR(actual[i], expected[row][i], 2e-5)
          << "state row " << row << ", column " << i;
  }
}

TEST_P(KernelConformance, WritesWhatTheOracleSaysAndNothingElse) {
  ForEachRun([&](Rig& rig, const Memory& memory) {
    EXPECT_TRUE(rig.OnlyResultsChanged(memory));
    switch (entry().op) {
      case OpKind::kQuantize:
      case OpKind::kNormQuantize:
        return ExpectRounded(rig, memory);
      case OpKind::kAppend:
        return ExpectStored(rig, memory);
      default:
        ExpectNumbers(rig, memory);
        return ExpectState(rig, memory);
    }
  });
}

TEST_P(KernelConformance, ExactMeansTheBitsOfTheReference) {
  if (entry().numerics != Numerics::kExact) GTEST_SKIP() << "does not promise";
  const KernelEntry* reference = ReferenceFor(entry());
  ASSERT_NE(reference, nullptr) << "the reference lacks this slot";
  if (reference == &entry()) return;
  ForEachRun([&](Rig& rig, const Memory& memory) {
    const Split whole = {{0, rig.Items(*reference)}};
    EXPECT_TRUE(rig.Run(*reference, whole) == memory);
  });
}

INSTANTIATE_TEST_SUITE_P(Linked, KernelConformance,
                         testing::ValuesIn(LinkedKernels()), NameOf);

// <op>_<weight>_<activation>_..._<backend>, of words of a-z and 0-9; ops
// without a weight may leave the types out.
TEST(KernelNames, SayWhatTheKernelComputes) {
  std::set<std::string_view> names;
  for (const Kernel& k : LinkedKernels()) {
    const std::string_view name = k.entry->name;
    EXPECT_TRUE(names.insert(name).second) << name << " is there twice";
    EXPECT_THAT(std::string(name),
                testing::MatchesRegex("[a-z0-9]+(_[a-z0-9]+)+"));
    const std::string_view plugin = k.plugin->name;
    const std::string_view backend = plugin.substr(plugin.find('_') + 1);
    EXPECT_THAT(std::string(name), testing::HasSubstr(std::string(backend)));
  }
}

constexpr DType kWeightTypes[] = {
    DType::kF32,  DType::kF16,  DType::kBF16, DType::kQ4_0,   DType::kQ4_1,
    DType::kQ5_0, DType::kQ5_1, DType::kQ8_0, DType::kQ2_K,   DType::kQ3_K,
    DType::kQ4_K, DType::kQ5_K, DType::kQ6_K, DType::kIQ4_NL, DType::kIQ4_XS};

void ExpectInReference(OpKind op, DType weight, DType activation) {
  for (Phase phase : {kPrefill, kDecode}) {
    const KernelEntry slot{
        .op = op, .weight = weight, .activation = activation, .phases = phase};
    EXPECT_NE(ReferenceFor(slot), nullptr)
        << Info(op).name << " of " << Name(weight) << " and "
        << Name(activation) << (phase == kPrefill ? ", prefill" : ", decode");
  }
}

constexpr OpKind kOps[] = {
#define TENON_OP(name, ...) OpKind::k##name,
#include "tenon/op.inc"
#undef TENON_OP
};

TEST(Reference, HasEveryOp) {
  for (OpKind op : kOps) {
    if (op == OpKind::kCustom) continue;
    ExpectInReference(op, DType::kF32, DType::kF32);
  }
}

TEST(Reference, HasEveryWeightType) {
  for (DType weight : kWeightTypes) {
    ExpectInReference(OpKind::kEmbed, weight, DType::kF32);
    for (OpKind op : {OpKind::kLinear, OpKind::kLinearAdd, OpKind::kHead}) {
      ExpectInReference(op, weight, DType::kF32);
      const bool is_quantised = Info(weight).block_elements > 1;
      if (is_quantised) ExpectInReference(op, weight, DType::kA8);
    }
  }
}

}  // namespace
}  // namespace tenon::conformance
