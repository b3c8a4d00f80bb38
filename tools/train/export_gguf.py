"""Exports a checkpoint as GGUF: matrices Q8_0, norms F32, the tokenizer and a chat template.

    export_gguf.py CHECKPOINT.pt TOKENIZER.json MODEL.gguf
"""
import argparse

import torch

import gguf
from bpe import SPECIALS, Tokenizer

NORMAL, CONTROL = 1, 3
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
# GGUF name -> name in model.py, inside a block
BLOCK_TENSORS = {
    "attn_norm": "attn_norm", "attn_q": "attn.q", "attn_k": "attn.k", "attn_v": "attn.v",
    "attn_output": "attn.out", "ffn_norm": "ffn_norm", "ffn_gate": "ffn.gate",
    "ffn_up": "ffn.up", "ffn_down": "ffn.down",
}


def tensor_names(layers):
    """-> [(GGUF name, PyTorch name)] in the order of the file"""
    pairs = [("token_embd.weight", "embed.weight")]
    for i in range(layers):
        pairs += [("blk.%d.%s.weight" % (i, ours), "blocks.%d.%s.weight" % (i, theirs))
                  for ours, theirs in BLOCK_TENSORS.items()]
    return pairs + [("output_norm.weight", "norm.weight")]


def add_general(out):
    out.add("general.architecture", gguf.STRING, "llama")
    out.add("general.name", gguf.STRING, "Tiny Llama (Tenon)")
    out.add("general.license", gguf.STRING, "Apache-2.0")
    out.add("general.file_type", gguf.U32, 7)
    out.add("general.quantization_version", gguf.U32, 2)


def add_shape(out, c):
    """c: the settings of model.Config"""
    numbers = {
        "context_length": c["context"], "embedding_length": c["dim"], "block_count": c["layers"],
        "feed_forward_length": c["ff"], "attention.head_count": c["heads"],
        "attention.head_count_kv": c["kv_heads"], "attention.key_length": c["head_dim"],
        "attention.value_length": c["head_dim"], "rope.dimension_count": c["head_dim"],
        "vocab_size": c["vocab"],
    }
    for key, value in numbers.items():
        out.add("llama." + key, gguf.U32, value)
    out.add("llama.attention.layer_norm_rms_epsilon", gguf.F32, c["eps"])
    out.add("llama.rope.freq_base", gguf.F32, c["rope_base"])


def add_tokenizer(out, tokenizer):
    kinds = [CONTROL if token in SPECIALS else NORMAL for token in tokenizer.tokens]
    merges = [left + " " + right for left, right in tokenizer.merges]
    out.add("tokenizer.ggml.model", gguf.STRING, "gpt2")
    out.add("tokenizer.ggml.pre", gguf.STRING, "qwen2")
    out.add("tokenizer.ggml.tokens", gguf.ARRAY, (gguf.STRING, tokenizer.tokens))
    out.add("tokenizer.ggml.token_type", gguf.ARRAY, (gguf.I32, kinds))
    out.add("tokenizer.ggml.merges", gguf.ARRAY, (gguf.STRING, merges))
    out.add("tokenizer.ggml.bos_token_id", gguf.U32, tokenizer.end_of_text)
    out.add("tokenizer.ggml.eos_token_id", gguf.U32, tokenizer.im_end)
    out.add("tokenizer.ggml.padding_token_id", gguf.U32, tokenizer.end_of_text)
    out.add("tokenizer.ggml.add_bos_token", gguf.BOOL, False)
    out.add("tokenizer.chat_template", gguf.STRING, CHAT_TEMPLATE)


def main():
    parser = argparse.ArgumentParser(description="export a checkpoint as GGUF, Q8_0")
    parser.add_argument("checkpoint")
    parser.add_argument("tokenizer")
    parser.add_argument("output")
    args = parser.parse_args()
    state = torch.load(args.checkpoint, map_location="cpu")
    out = gguf.Writer()
    add_general(out)
    add_shape(out, state["settings"])
    add_tokenizer(out, Tokenizer.load(args.tokenizer))
    for name, source in tensor_names(state["settings"]["layers"]):
        weights = state["weights"][source].float().numpy()
        out.add_tensor(name, weights, quantise=weights.ndim == 2)
    size = out.write(args.output)
    print("%s: %d bytes, %d tensors, step %d" % (args.output, size, len(out.tensors),
                                                 state["step"]))


if __name__ == "__main__":
    main()
