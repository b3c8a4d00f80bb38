#include "conformance/rig.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>
#include <variant>

namespace tenon::conformance {
namespace {

using testing_support::Decode;
using testing_support::RandomA8;
using testing_support::RandomElements;
using testing_support::Rng;

Lines MakeLines(size_t bytes) { return Lines(AlignUp(bytes) / kAlignment); }

template <typename LinesType>
auto* BytesOf(LinesType& lines) {
  return lines.empty() ? nullptr : lines.front().bytes;
}

void FillWithGarbage(Lines& lines, Rng& rng) {
  for (Line& line : lines) {
    for (size_t at = 0; at < kAlignment; at += sizeof(uint64_t)) {
      const uint64_t garbage = rng.Next();
      std::memcpy(line.bytes + at, &garbage, sizeof(garbage));
    }
  }
}

void FillRow(DType dtype, size_t cols, std::byte* at, Rng& rng) {
  const auto row = RandomElements(dtype, cols, 1.0, rng);
  std::memcpy(at, row.data(), row.size());
}

// In [1, 8).
void FillWithDivisors(const WeightSpec& w, std::span<std::byte> bytes,
                      Rng& rng) {
  for (uint32_t c = 0; c < w.cols; ++c)
    testing_support::PutNumber(w.dtype, static_cast<float>(rng.Uniform(1, 8)),
                               &bytes[RowBytes(w.dtype, c)]);
}

std::vector<std::byte> RandomWeight(OpKind op, const WeightSpec& w, Rng& rng) {
  if (w.rows == 0) return {};
  const bool is_blocks = Info(w.dtype).block_elements > 1;
  auto bytes =
      RandomElements(w.dtype, size_t{w.rows} * w.cols,
                     is_blocks ? testing_support::kWeightRms : 0.5, rng);
  if (op == OpKind::kRopeAngles) FillWithDivisors(w, bytes, rng);
  return bytes;
}

// The delta rule is stable for keys of about unit length, decays below zero and
// betas between zero and one.
void TameDelta(const NodeCase& node, size_t input, std::span<float> x) {
  const auto& a = std::get<DeltaAttrs>(node.attrs);
  for (float& v : x) {
    if (input == 1) v /= std::sqrt(static_cast<float>(a.head_dim));
    if (input == 3) v = -std::abs(v);
    if (input == 4) v = 1.0f / (1.0f + std::abs(v));
  }
}

// Ids of different experts, then weights.
void FillRoute(const RouteAttrs& route, float* x, Rng& rng) {
  const uint32_t first = rng.Below(route.experts);
  for (uint32_t s = 0; s < route.used; ++s) {
    x[s] = static_cast<float>((first + s) % route.experts);
    x[route.used + s] = static_cast<float>(rng.Uniform(0, 1));
  }
}

const void* AddressOfAlternative(const OpAttrs& attrs) {
  return std::visit([](const auto& a) -> const void* { return &a; }, attrs);
}

}  // namespace

uint32_t Rig::RowsOf(const OperandSpec& spec) const {
  if (spec.cols == 0) return 0;
  return spec.rows == Rows::kTokens ? step_.tokens : step_.outputs;
}

// Appends an operand, and a row as a guard behind it, to the arena.
Operand Rig::Place(const OperandSpec& spec) {
  Operand operand{.offset = initial_.arena.size() * kAlignment,
                  .row_bytes = RowBytes(spec.dtype, spec.cols),
                  .cols = spec.cols,
                  .rows = spec.rows,
                  .dtype = spec.dtype};
  const Lines space = MakeLines((size_t{RowsOf(spec)} + 1) * operand.row_bytes);
  initial_.arena.insert(initial_.arena.end(), space.begin(), space.end());
  return operand;
}

Rig::Rig(const NodeCase& node, const StepShape& step, uint64_t seed)
    : node_(node), step_(step) {
  Rng rng(seed);
  args_.attrs = AddressOfAlternative(node_.attrs);
  if (node_.out.cols > 0) args_.out = Place(node_.out);
  for (size_t i = 0; i < node_.in.size(); ++i) args_.in[i] = Place(node_.in[i]);

  FillWithGarbage(initial_.arena, rng);
  for (size_t i = 0; i < node_.in.size(); ++i)
    for (uint32_t row = 0; row < RowsOf(node_.in[i]); ++row)
      FillInput(i, row, rng);
  for (const WeightSpec& w : node_.weights)
    weights_.push_back(RandomWeight(node_.op, w, rng));
  for (const CacheSpec& s : node_.states) AddState(s, rng);

  const uint32_t vocabulary =
      node_.op == OpKind::kEmbed ? node_.weights[0].rows : 1;
  for (uint32_t t = 0; t < step_.tokens; ++t)
    tokens_.push_back(static_cast<int32_t>(rng.Below(vocabulary)));
}

// Room for a step of kMaxTokens, rows up to this step's last.
void Rig::AddState(const CacheSpec& spec, Rng& rng) {
  const size_t index = initial_.states.size();
  const size_t row_bytes = RowBytes(spec.dtype, spec.cols);
  args_.state[index] = {.index = static_cast<uint32_t>(index),
                        .row_bytes = row_bytes,
                        .cols = spec.cols,
                        .dtype = spec.dtype};
  const size_t positions = size_t{step_.position} + step_.tokens;
  const size_t rows = spec.rows > 0 ? spec.rows : positions;
  Lines& state =
      initial_.states.emplace_back(MakeLines((rows + kMaxTokens) * row_bytes));
  FillWithGarbage(state, rng);
  for (size_t p = 0; p < rows; ++p)
    FillRow(spec.dtype, spec.cols, BytesOf(state) + p * row_bytes, rng);
}

void Rig::FillInput(size_t i, uint32_t row, Rng& rng) {
  const OperandSpec& spec = node_.in[i];
  std::byte* at = BytesOf(initial_.arena) + args_.in[i].offset +
                  row * args_.in[i].row_bytes;
  if (spec.dtype == DType::kA8) {
    const uint32_t width = Info(node_.weights[0].dtype).block_elements;
    const auto blocks = RandomA8(spec.cols, width, rng);
    std::memcpy(at, blocks.data(), args_.in[i].row_bytes);
    return;
  }
  FillRow(spec.dtype, spec.cols, at, rng);
  // A block of zeros has no scale to divide by.
  const auto* quantize = std::get_if<QuantizeAttrs>(&node_.attrs);
  if (quantize != nullptr && row % 3 == 0)
    std::memset(at, 0, sizeof(float) * quantize->width);
  if (spec.dtype != DType::kF32) return;
  float* x = reinterpret_cast<float*>(at);
  if (node_.op == OpKind::kGatedDelta) TameDelta(node_, i, {x, spec.cols});
  const auto* route = std::get_if<RouteAttrs>(&node_.attrs);
  if (route != nullptr && i == 1) FillRoute(*route, x, rng);
}

const KernelArgs& Rig::ArgsFor(const KernelEntry& entry) {
  for (size_t i = 0; i < weights_.size(); ++i) {
    const WeightSpec& w = node_.weights[i];
    if (w.rows == 0) continue;
    args_.weight[i] = {.data = weights_[i].data(),
                       .row_bytes = RowBytes(w.dtype, w.cols),
                       .rows = w.rows,
                       .cols = w.cols,
                       .dtype = w.dtype};
  }
  if (entry.layout != nullptr) PackFirstWeight(*entry.layout);
  return args_;
}

void Rig::PackFirstWeight(const PackedLayout& layout) {
  const auto& [dtype, rows, cols] = node_.weights[0];
  packed_ = MakeLines(layout.bytes(dtype, rows, cols));
  for (size_t first = 0; first < rows; first += layout.row_group)
    layout.pack(dtype, rows, cols, first,
                std::min<size_t>(layout.row_group, rows - first),
                weights_[0].data() + first * args_.weight[0].row_bytes,
                BytesOf(packed_));
  args_.weight[0].data = BytesOf(packed_);
  args_.weight[0].row_bytes = 0;
}

StepContext Rig::Context(Memory& memory,
                         std::vector<std::byte*>& states) const {
  states.clear();
  for (Lines& s : memory.states) states.push_back(BytesOf(s));
  return {.tokens = step_.tokens,
          .outputs = step_.outputs,
          .position = step_.position,
          .token_ids = tokens_.data(),
          .activations = BytesOf(memory.arena),
          .states = states.data()};
}

ReadyKernel Rig::Prepare(const KernelEntry& entry) {
  ReadyKernel kernel{
      .entry = &entry, .args = ArgsFor(entry), .memory = initial_};
  kernel.step = Context(kernel.memory, kernel.states);
  kernel.items = entry.items(kernel.args, kernel.step);
  if (entry.scratch != nullptr)
    kernel.scratch = MakeLines(
        entry.scratch(kernel.args, {kMaxTokens, step_.position + kMaxTokens}));
  return kernel;
}

uint32_t Rig::Items(const KernelEntry& entry) { return Prepare(entry).items; }

Memory Rig::Run(const KernelEntry& entry, std::span<const Range> ranges) {
  ReadyKernel kernel = Prepare(entry);
  Rng rng(ranges.size());
  for (const Range& range : ranges) {
    FillWithGarbage(kernel.scratch, rng);
    kernel.Run(range);
  }
  return std::move(kernel.memory);
}

std::span<const std::byte> Rig::Bytes(const Memory& memory,
                                      const Operand& operand,
                                      size_t row) const {
  return {BytesOf(memory.arena) + operand.offset + row * operand.row_bytes,
          operand.row_bytes};
}

oracle::Vector Rig::Input(size_t i, size_t row) const {
  return Decode(node_.in[i].dtype, Bytes(initial_, args_.in[i], row));
}

oracle::Matrix Rig::Weight(size_t i) const {
  const WeightSpec& w = node_.weights[i];
  return {w.rows, w.cols, Decode(w.dtype, weights_[i])};
}

bool Rig::HasWeight(size_t i) const {
  return i < node_.weights.size() && node_.weights[i].rows > 0;
}

oracle::Vector Rig::State(const Memory& memory, size_t i, size_t row) const {
  const StateRef& s = args_.state[i];
  return Decode(s.dtype,
                {BytesOf(memory.states[i]) + row * s.row_bytes, s.row_bytes});
}

std::span<const std::byte> Rig::OutputBytes(const Memory& memory,
                                            size_t row) const {
  return Bytes(memory, args_.out, row);
}

oracle::Vector Rig::Output(const Memory& memory, size_t row) const {
  return Decode(node_.out.dtype, OutputBytes(memory, row));
}

bool Rig::OnlyResultsChanged(const Memory& memory) const {
  Memory restored = memory;
  auto restore = [](Lines& to, const Lines& from, size_t at, size_t bytes) {
    if (bytes > 0) std::memcpy(BytesOf(to) + at, BytesOf(from) + at, bytes);
  };
  if (node_.out.cols > 0)
    restore(restored.arena, initial_.arena, args_.out.offset,
            OutputRows() * args_.out.row_bytes);
  if (node_.op == OpKind::kAppend)
    restore(restored.states[0], initial_.states[0],
            step_.position * args_.state[0].row_bytes,
            step_.tokens * args_.state[0].row_bytes);
  for (size_t i = 0; i < node_.states.size(); ++i)
    if (node_.states[i].rows > 0)
      restore(restored.states[i], initial_.states[i], 0,
              node_.states[i].rows * args_.state[i].row_bytes);
  return restored == initial_;
}

}  // namespace tenon::conformance
