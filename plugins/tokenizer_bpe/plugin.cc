#include "tenon/plugin.h"

#include "tenon/tokenizer.h"
#include "tokenizer_bpe/bpe_tokenizer.h"

namespace tenon {
namespace {

constexpr std::string_view kModels[] = {"gpt2"};
constexpr TokenizerFactory kFactory{kModels, &bpe::BpeTokenizer::Create};

}  // namespace

extern const Plugin kTokenizerBpe;
constinit const Plugin kTokenizerBpe{
    "tokenizer_bpe", "byte-level byte-pair encoding (GPT-2, Llama 3, Qwen)",
    &kFactory};

}  // namespace tenon
