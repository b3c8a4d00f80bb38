#include "tenon/session.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "src/workspace.h"

namespace tenon {
namespace {

bool IsSet(const std::atomic<bool>* flag) {
  return flag != nullptr && flag->load(std::memory_order_relaxed);
}

uint32_t TileBytesOf(const Model& model) {
  return TileBytes(model.tuning() ? model.tuning()->tile_kib.value : 0);
}

}  // namespace

Session::Session() = default;
Session::~Session() = default;

StatusOr<std::unique_ptr<Session>> Session::Create(
    std::shared_ptr<const Model> model, const SessionOptions& options) {
  std::unique_ptr<Session> session(new Session);
  session->model_ = std::move(model);
  session->profile_ = options.profile;
  TENON_RETURN_IF_ERROR(session->Allocate(options));
  return session;
}

Status Session::Allocate(const SessionOptions& options) {
  context_size_ =
      options.context_size != 0
          ? options.context_size
          : std::min(model_->shape().context_length, kDefaultContext);
  if (context_size_ == 0 || context_size_ > kMaxContext) {
    return absl::InvalidArgumentError(
        absl::StrCat("a context of ", context_size_,
                     " positions is not possible; 1 to ", kMaxContext, " are"));
  }
  TENON_ASSIGN_OR_RETURN(Workspace space,
                         Workspace::Allocate(model_->bound(), context_size_,
                                             model_->executor().workers()));
  space_ = std::make_unique<Workspace>(std::move(space));
  ClearConstantState();
  return absl::OkStatus();
}

Status Session::Check(std::span<const TokenId> tokens) const {
  if (tokens.empty())
    return absl::InvalidArgumentError("there are no tokens to feed");
  const uint32_t vocab = model_->shape().vocab_size;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i] < 0 || static_cast<uint32_t>(tokens[i]) >= vocab) {
      return absl::InvalidArgumentError(
          absl::StrCat("token ", tokens[i], " (number ", i,
                       " of the input) is outside the vocabulary of ", vocab));
    }
  }
  const size_t free = context_size_ - position();
  if (tokens.size() <= free) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      "the context is full: ", tokens.size(), " tokens do not fit after ",
      position(), " in a context of ", context_size_));
}

StatusOr<std::span<const float>> Session::Feed(std::span<const TokenId> tokens,
                                               const FeedOptions& options) {
  TENON_RETURN_IF_ERROR(Check(tokens));
  const Plan& prefill = model_->bound().prefill;
  const bool all = static_cast<bool>(options.every_row);
  const size_t most = all ? prefill.max_outputs : prefill.max_tokens;
  for (size_t done = 0; done < tokens.size();) {
    if (IsSet(options.cancel)) {
      return absl::CancelledError(absl::StrCat("stopped after ", done, " of ",
                                               tokens.size(), " tokens"));
    }
    const size_t count = std::min(most, tokens.size() - done);
    const bool last = done + count == tokens.size();
    const size_t outputs = all ? count : last ? 1 : 0;
    Step(tokens.subspan(done, count), static_cast<uint32_t>(outputs));
    if (all) Emit(options, static_cast<uint32_t>(outputs));
    done += count;
    if (options.progress) options.progress(done, tokens.size());
  }
  return logits_;
}

void Session::Step(std::span<const TokenId> tokens, uint32_t outputs) {
  const BoundGraph& bound = model_->bound();
  const bool decode = tokens.size() == 1;
  const StepContext ctx{static_cast<uint32_t>(tokens.size()),
                        outputs,
                        position(),
                        tokens.data(),
                        space_->activations.data(),
                        space_->state_bases.data(),
                        TileBytesOf(*model_)};
  Run(ctx, decode ? kDecode : kPrefill);
  tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
  if (outputs == 0) return;
  hidden_ = Output(bound.hidden[decode], outputs - 1);
  logits_ = Output(bound.logits[decode], outputs - 1);
}

void Session::Run(const StepContext& ctx, Phase phase) {
  const BoundGraph& bound = model_->bound();
  const Plan& plan = phase == kDecode ? bound.decode : bound.prefill;
  if (profile_ != nullptr) return RunProfiled(plan, ctx, phase);
  model_->executor().Run(plan, ctx, space_->scratch());
}

void Session::RunProfiled(const Plan& plan, const StepContext& ctx,
                          Phase phase) {
  using Clock = std::chrono::steady_clock;
  const BindReport& report = model_->bound().report;
  for (const struct Step& step : plan.steps) {
    const Plan one{.steps = {step}};
    const auto start = Clock::now();
    model_->executor().Run(one, ctx, space_->scratch());
    const std::chrono::nanoseconds time = Clock::now() - start;
    const BindReport::Line& line = report.LineOf(phase, step.node);
    Profile::Entry& entry = profile_->kernels[line.kernel];
    entry.op = line.op;
    ++entry.calls;
    entry.nanoseconds += static_cast<uint64_t>(time.count());
  }
}

void Session::Emit(const FeedOptions& options, uint32_t outputs) {
  const BoundGraph& bound = model_->bound();
  const bool decode = outputs == 1;
  for (uint32_t row = 0; row < outputs; ++row) {
    options.every_row({position() - outputs + row,
                       Output(bound.hidden[decode], row),
                       Output(bound.logits[decode], row)});
  }
}

std::span<const float> Session::Output(const Operand& operand,
                                       uint32_t row) const {
  const std::byte* at =
      space_->activations.data() + operand.offset + row * operand.row_bytes;
  return {reinterpret_cast<const float*>(at), operand.cols};
}

Status Session::Rewind(uint32_t position) {
  if (position > this->position()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "cannot rewind to position ", position, " from ", this->position()));
  }
  if (position == 0) {
    ClearConstantState();
  } else if (position < this->position() && HasConstantState()) {
    return absl::UnimplementedError(absl::StrCat(
        "this model's state cannot forget: rewind to 0 or restore a "
        "checkpoint instead of position ",
        position));
  }
  tokens_.resize(position);
  return absl::OkStatus();
}

bool Session::HasConstantState() const {
  return std::ranges::any_of(model_->bound().graph.states,
                             &StateSpec::is_constant);
}

void Session::ClearConstantState() {
  const auto& specs = model_->bound().graph.states;
  for (size_t i = 0; i < specs.size(); ++i)
    if (specs[i].is_constant())
      std::ranges::fill(space_->states[i].bytes(), std::byte{});
}

Checkpoint Session::Save() const {
  Checkpoint checkpoint;
  checkpoint.tokens = tokens_;
  const auto& specs = model_->bound().graph.states;
  for (size_t i = 0; i < specs.size(); ++i) {
    if (!specs[i].is_constant()) continue;
    const std::byte* bytes = space_->states[i].data();
    checkpoint.state.emplace_back(bytes, bytes + space_->states[i].size());
  }
  return checkpoint;
}

Status Session::Restore(const Checkpoint& checkpoint) {
  const size_t kept = checkpoint.tokens.size();
  if (kept > tokens_.size() ||
      !std::equal(checkpoint.tokens.begin(), checkpoint.tokens.end(),
                  tokens_.begin())) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the checkpoint of ", kept, " tokens is not of this session's text"));
  }
  const auto& specs = model_->bound().graph.states;
  auto saved = checkpoint.state.begin();
  for (size_t i = 0; i < specs.size(); ++i)
    if (specs[i].is_constant())
      std::ranges::copy(*saved++, space_->states[i].data());
  tokens_.resize(kept);
  return absl::OkStatus();
}

uint64_t Session::state_bytes() const {
  uint64_t bytes = 0;
  for (const AlignedBuffer& state : space_->states) bytes += state.size();
  return bytes;
}

}  // namespace tenon
