#include "tenon/plugin.h"

#include "tenon/tokenizer.h"
#include "tokenizer_spm/spm_tokenizer.h"

namespace tenon {
namespace {

constexpr std::string_view kModels[] = {"llama"};
constexpr TokenizerFactory kFactory{kModels, &spm::SpmTokenizer::Create};

}  // namespace

extern const Plugin kTokenizerSpm;
constinit const Plugin kTokenizerSpm{
    "tokenizer_spm", "SentencePiece byte-pair encoding (Llama 2, Mistral)",
    &kFactory};

}  // namespace tenon
