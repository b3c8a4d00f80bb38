// Tests only: a model over fake plugins and a fake file.
//
// V = 4 tokens, E = 4, embedding = 4 x 4; hidden = embedding of the token + its
// position; the head is the embedding again.
#ifndef TENON_SRC_FAKE_MODEL_H_
#define TENON_SRC_FAKE_MODEL_H_

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "src/test_graph.h"
#include "tenon/model.h"
#include "tenon/session.h"

namespace tenon {

constexpr uint32_t kV = 4;
constexpr float kTable[kV][kV] = {
    {1, 0, 0, 0}, {0, 2, 0, 0}, {0, 0, 3, 0}, {0, 0, 0, 4}};

// --- A backend: embedding plus position, copy of the outputs, and a head.

inline void EmbedKernel(const KernelArgs& a, const StepContext& ctx,
                        Range range, std::byte*) noexcept {
  const auto* table = reinterpret_cast<const float*>(a.weight[0].data);
  for (uint32_t t = range.begin; t < range.end; ++t)
    for (uint32_t i = 0; i < kV; ++i)
      RowOf<float>(a.out, ctx, t)[i] = table[ctx.token_ids[t] * kV + i] +
                                       static_cast<float>(ctx.position + t);
}

inline void TakeKernel(const KernelArgs& a, const StepContext& ctx, Range range,
                       std::byte*) noexcept {
  const uint32_t skip = ctx.tokens - ctx.outputs;
  for (uint32_t r = range.begin; r < range.end; ++r)
    std::memcpy(RowOf<float>(a.out, ctx, r),
                RowOf<float>(a.in[0], ctx, skip + r), a.out.row_bytes);
}

inline void HeadKernel(const KernelArgs& a, const StepContext& ctx, Range range,
                       std::byte*) noexcept {
  const auto* table = reinterpret_cast<const float*>(a.weight[0].data);
  for (uint32_t r = range.begin; r < range.end; ++r) {
    const float* x = RowOf<float>(a.in[0], ctx, r);
    for (uint32_t v = 0; v < kV; ++v) {
      float sum = 0;
      for (uint32_t i = 0; i < kV; ++i) sum += table[v * kV + i] * x[i];
      RowOf<float>(a.out, ctx, r)[v] = sum;
    }
  }
}

inline uint32_t Items(const KernelArgs& a, const StepContext& ctx) noexcept {
  return RowCount(a.out, ctx);
}

constexpr KernelEntry kKernels[] = {
    {OpKind::kEmbed, DType::kF32, DType::kF32, &EmbedKernel, &Items, "embed"},
    {OpKind::kTakeOutputs, DType::kF32, DType::kF32, &TakeKernel, &Items,
     "take"},
    {OpKind::kHead, DType::kF32, DType::kF32, &HeadKernel, &Items, "head"}};
constexpr Backend kBackend{kKernels};
constexpr Plugin kBackendFake{"backend_fake", "", &kBackend};

// The same head, reading the table's rows in reverse order.
inline void ReversePack(DType, size_t rows, size_t, size_t first, size_t count,
                        const std::byte* source, std::byte* packed) noexcept {
  for (size_t r = 0; r < count; ++r)
    std::memcpy(packed + (rows - 1 - first - r) * sizeof(kTable[0]),
                source + r * sizeof(kTable[0]), sizeof(kTable[0]));
}
inline uint64_t ReverseBytes(DType dtype, uint64_t rows,
                             uint64_t cols) noexcept {
  return rows * RowBytes(dtype, cols);
}
constexpr PackedLayout kReversed{"reversed", &ReverseBytes, &ReversePack, 1};

inline void ReversedHead(const KernelArgs& a, const StepContext& ctx,
                         Range range, std::byte* scratch) noexcept {
  HeadKernel(a, ctx, range, scratch);
  for (uint32_t r = range.begin; r < range.end; ++r) {
    float* y = RowOf<float>(a.out, ctx, r);
    std::swap(y[0], y[3]);
    std::swap(y[1], y[2]);
  }
}
inline void ReversedEmbed(const KernelArgs& a, const StepContext& ctx,
                          Range range, std::byte*) noexcept {
  const auto* table = reinterpret_cast<const float*>(a.weight[0].data);
  for (uint32_t t = range.begin; t < range.end; ++t)
    for (uint32_t i = 0; i < kV; ++i)
      RowOf<float>(a.out, ctx, t)[i] =
          table[(kV - 1 - static_cast<uint32_t>(ctx.token_ids[t])) * kV + i] +
          static_cast<float>(ctx.position + t);
}
constexpr KernelEntry kReversedKernels[] = {
    {OpKind::kEmbed, DType::kF32, DType::kF32, &ReversedEmbed, &Items,
     "embed_reversed", nullptr, nullptr, &kReversed},
    {OpKind::kHead, DType::kF32, DType::kF32, &ReversedHead, &Items,
     "head_reversed", nullptr, nullptr, &kReversed}};
constexpr Backend kReversedBackend{kReversedKernels};
constexpr Plugin kBackendReversed{"backend_reversed", "", &kReversedBackend};

constexpr Backend kBrokenBackend{
    {}, []() noexcept { return "this machine lacks it"; }};
constexpr Plugin kBackendBroken{"backend_broken", "", &kBrokenBackend};

// --- An architecture.

class FakeArchitecture final : public Architecture {
 public:
  ModelShape shape() const override { return {kV, 1000, kV, 1}; }
  void Build(GraphBuilder& g) const override {
    const WeightId table = g.Matrix("table", kV, kV);
    const ValueId x = g.Embed("embed", table);
    g.Outputs(g.TakeOutputs("last", x), {table});
  }
};
constexpr std::string_view kNames[] = {"fake"};
constexpr ArchitectureFactory kFactory{
    kNames, [](const ModelFile&) -> StatusOr<std::unique_ptr<Architecture>> {
      return std::make_unique<FakeArchitecture>();
    }};
constexpr Plugin kArch{"arch_fake", "", &kFactory};

// A recurrent state of one number: the sum of the token ids so far, which is
// added to every hidden value.  CausalConv's slot is used for it.
inline void SumKernel(const KernelArgs& a, const StepContext& ctx, Range,
                      std::byte*) noexcept {
  float& sum = *reinterpret_cast<float*>(ctx.states[a.state[0].index]);
  for (uint32_t t = 0; t < ctx.tokens; ++t) {
    sum += static_cast<float>(ctx.token_ids[t]);
    for (uint32_t i = 0; i < kV; ++i)
      RowOf<float>(a.out, ctx, t)[i] = RowOf<float>(a.in[0], ctx, t)[i] + sum;
  }
}
inline uint32_t OneItem(const KernelArgs&, const StepContext&) noexcept {
  return 1;
}
constexpr KernelEntry kSumKernels[] = {{OpKind::kCausalConv, DType::kF32,
                                        DType::kF32, &SumKernel, &OneItem,
                                        "sum"}};
constexpr Backend kSumBackend{kSumKernels};
constexpr Plugin kBackendSum{"backend_sum", "", &kSumBackend};

class RecurrentArchitecture final : public Architecture {
 public:
  ModelShape shape() const override { return {kV, 1000, kV, 1}; }
  void Build(GraphBuilder& g) const override {
    const WeightId table = g.Matrix("table", kV, kV);
    const StateId sum = g.Ring("sum", kV - 1, kV);
    const ValueId x = g.CausalConv("sum", g.Embed("embed", table), table, sum);
    g.Outputs(g.TakeOutputs("last", x), {table});
  }
};
constexpr std::string_view kRecurrentNames[] = {"recurrent"};
constexpr ArchitectureFactory kRecurrentFactory{
    kRecurrentNames,
    [](const ModelFile&) -> StatusOr<std::unique_ptr<Architecture>> {
      return std::make_unique<RecurrentArchitecture>();
    }};
constexpr Plugin kArchRecurrent{"arch_recurrent", "", &kRecurrentFactory};

// --- A file.

// Hides the mapping of the source that it wraps.
class Unmapped final : public ByteSource {
 public:
  explicit Unmapped(std::unique_ptr<ByteSource> source)
      : source_(std::move(source)) {}
  std::string_view name() const override { return source_->name(); }
  uint64_t size() const override { return source_->size(); }
  Status Read(uint64_t offset, std::span<std::byte> out) override {
    return source_->Read(offset, out);
  }

 private:
  std::unique_ptr<ByteSource> source_;
};

inline ModelFile MakeFile(bool mapped = true,
                          std::string_view architecture = "fake") {
  alignas(kAlignment) static const auto bytes = [] {
    std::array<std::byte, sizeof(kTable)> copy;
    std::memcpy(copy.data(), kTable, sizeof(kTable));
    return copy;
  }();
  ModelFile file;
  auto source = FromMemory("fake.bin", bytes);
  if (!mapped) source = std::make_unique<Unmapped>(std::move(source));
  file.sources.push_back(std::move(source));
  EXPECT_TRUE(file.metadata.Add("general.architecture", architecture).ok());
  file.tensors = {Tensor("table", kV, kV)};
  return file;
}

inline Registry Plugins(std::vector<const Plugin*> plugins) {
  return *Registry::Create(plugins);
}

inline std::shared_ptr<const Model> LoadFake(LoadOptions options = {},
                                             bool mapped = true) {
  options.threads = 1;
  auto model =
      Model::Load(Plugins({&kArch, &kBackendFake}), MakeFile(mapped), options);
  EXPECT_TRUE(model.ok()) << model.status();
  return *std::move(model);
}

inline std::unique_ptr<Session> Open(std::shared_ptr<const Model> model,
                                     uint32_t context = 16) {
  auto session = Session::Create(std::move(model), {context});
  EXPECT_TRUE(session.ok()) << session.status();
  return *std::move(session);
}

}  // namespace tenon

#endif  // TENON_SRC_FAKE_MODEL_H_
