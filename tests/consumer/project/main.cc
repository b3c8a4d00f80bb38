// Makes a model that counts, loads it through the linked plugins, and lets it
// count.
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <memory>
#include <string_view>
#include <vector>

#include "tenon/model.h"
#include "tenon/plugin.h"
#include "tenon/registry.h"
#include "tenon/session.h"

namespace {

using Bytes = std::vector<std::byte>;

template <typename T>
void Put(Bytes& out, T value) {
  const auto* first = reinterpret_cast<const std::byte*>(&value);
  out.insert(out.end(), first, first + sizeof(value));
}

void PutString(Bytes& out, std::string_view text) {
  Put(out, uint64_t{text.size()});
  for (char c : text) out.push_back(static_cast<std::byte>(c));
}

// GGUF with two keys and two F32 tensors.  Row i of the embedding is 1 in
// column i, so that turning it by one column makes token i + 1 the best.
Bytes CountingModel(uint32_t size) {
  constexpr uint32_t kU32 = 4, kString = 8, kF32 = 0;
  Bytes out;
  for (char c : std::string_view("GGUF")) out.push_back(std::byte(c));
  Put(out, uint32_t{3});
  Put(out, uint64_t{2});  // tensors
  Put(out, uint64_t{2});  // keys
  PutString(out, "general.architecture");
  Put(out, kString);
  PutString(out, "turn");
  PutString(out, "turn.embedding_length");
  Put(out, kU32);
  Put(out, size);

  PutString(out, "token_embd.weight");
  Put(out, uint32_t{2});
  Put(out, uint64_t{size});
  Put(out, uint64_t{size});
  Put(out, kF32);
  Put(out, uint64_t{0});
  PutString(out, "output_norm.weight");
  Put(out, uint32_t{1});
  Put(out, uint64_t{size});
  Put(out, kF32);
  Put(out, uint64_t{size} * size * sizeof(float));

  out.resize((out.size() + 31) / 32 * 32);
  for (uint32_t row = 0; row < size; ++row)
    for (uint32_t c = 0; c < size; ++c) Put(out, row == c ? 1.0f : 0.0f);
  for (uint32_t c = 0; c < size; ++c) Put(out, 1.0f);
  return out;
}

tenon::StatusOr<std::vector<tenon::TokenId>> Count(
    std::span<const std::byte> file, tenon::TokenId from, size_t steps) {
  TENON_ASSIGN_OR_RETURN(const tenon::Registry registry,
                         tenon::Registry::Create(tenon::LinkedPlugins()));
  TENON_ASSIGN_OR_RETURN(
      tenon::ModelFile opened,
      tenon::OpenModelFile(registry, tenon::FromMemory("counting", file), {}));
  TENON_ASSIGN_OR_RETURN(const auto model,
                         tenon::Model::Load(registry, std::move(opened), {}));
  TENON_ASSIGN_OR_RETURN(const auto session, tenon::Session::Create(model, {}));
  std::vector<tenon::TokenId> tokens = {from};
  while (tokens.size() <= steps) {
    TENON_ASSIGN_OR_RETURN(const std::span<const float> logits,
                           session->Feed({&tokens.back(), 1}));
    const auto best = std::max_element(logits.begin(), logits.end());
    tokens.push_back(
        static_cast<tenon::TokenId>(std::distance(logits.begin(), best)));
  }
  return tokens;
}

}  // namespace

int main() {
  for (const tenon::Plugin* p : tenon::LinkedPlugins())
    std::printf("%s: %s\n", p->name, p->description);
  const Bytes file = CountingModel(32);
  const auto tokens = Count(file, 28, 6);
  if (!tokens.ok()) {
    std::fprintf(stderr, "%s\n", tokens.status().ToString().c_str());
    return 1;
  }
  const std::vector<tenon::TokenId> expected = {28, 29, 30, 31, 0, 1, 2};
  for (tenon::TokenId t : *tokens) std::printf("%d ", t);
  std::printf("\n");
  return *tokens == expected ? 0 : 1;
}
