"""Exports a checkpoint of model_deltanet.py as GGUF, architecture `qwen35`.

    export_deltanet.py CHECKPOINT.pt TOKENIZER.json MODEL.gguf

Matrices are Q8_0; norms, the convolution and the decay parameters F32.
"""
import argparse

import torch

import gguf
from bpe import Tokenizer
from export_gguf import add_tokenizer
from model_deltanet import Config, is_linear

# GGUF name -> name in model_deltanet.py, inside a block
BOTH = {
    "attn_norm.weight": "attn_norm.weight", "post_attention_norm.weight": "ffn_norm.weight",
    "ffn_gate.weight": "ffn.gate.weight", "ffn_up.weight": "ffn.up.weight",
    "ffn_down.weight": "ffn.down.weight",
}
LINEAR = {
    "attn_qkv.weight": "attn.qkv.weight", "attn_gate.weight": "attn.gate.weight",
    "ssm_conv1d.weight": "attn.conv", "ssm_dt.bias": "attn.dt", "ssm_a": "attn.a_log",
    "ssm_alpha.weight": "attn.alpha.weight", "ssm_beta.weight": "attn.beta.weight",
    "ssm_norm.weight": "attn.norm.weight", "ssm_out.weight": "attn.out.weight",
}
SOFTMAX = {
    "attn_q.weight": "attn.q.weight", "attn_k.weight": "attn.k.weight",
    "attn_v.weight": "attn.v.weight", "attn_output.weight": "attn.out.weight",
    "attn_q_norm.weight": "attn.q_norm.weight", "attn_k_norm.weight": "attn.k_norm.weight",
}


def tensor_names(c):
    """c: Config -> [(GGUF name, PyTorch name)] in the order of the file"""
    pairs = [("token_embd.weight", "embed.weight")]
    for i in range(c.layers):
        names = {**BOTH, **(LINEAR if is_linear(c, i) else SOFTMAX)}
        pairs += [("blk.%d.%s" % (i, ours), "blocks.%d.%s" % (i, theirs))
                  for ours, theirs in names.items()]
    return pairs + [("output_norm.weight", "norm.weight")]


def stored(name, weights):
    """A tensor as the file has it: [channels, 1, taps] loses the 1, A_log becomes -exp(A_log)."""
    if name.endswith("ssm_conv1d.weight"):
        return weights.squeeze(1)
    return -weights.exp() if name.endswith("ssm_a") else weights


def is_quantised(name, weights):
    return weights.ndim == 2 and not name.endswith("ssm_conv1d.weight")


def rope_sections(pairs):
    """How many pairs each of three position streams gets when they are dealt in turn; the fourth
    gets none. For text all streams carry the same position."""
    return [len(range(stream, pairs, 3)) for stream in range(3)] + [0]


def add_general(out):
    out.add("general.architecture", gguf.STRING, "qwen35")
    out.add("general.name", gguf.STRING, "Tiny DeltaNet (Tenon)")
    out.add("general.license", gguf.STRING, "Apache-2.0")
    out.add("general.file_type", gguf.U32, 7)
    out.add("general.quantization_version", gguf.U32, 2)


def add_shape(out, c):
    """c: Config"""
    numbers = {
        "context_length": c.context, "embedding_length": c.dim, "block_count": c.layers,
        "feed_forward_length": c.ff, "attention.head_count": c.heads,
        "attention.head_count_kv": c.kv_heads, "attention.key_length": c.head_dim,
        "attention.value_length": c.head_dim, "rope.dimension_count": c.rotated,
        "full_attention_interval": c.interval, "ssm.conv_kernel": c.conv,
        "ssm.state_size": c.linear_head_dim, "ssm.group_count": c.linear_key_heads,
        "ssm.time_step_rank": c.linear_value_heads,
        "ssm.inner_size": c.linear_value_heads * c.linear_head_dim, "vocab_size": c.vocab,
    }
    for key, value in numbers.items():
        out.add("qwen35." + key, gguf.U32, value)
    out.add("qwen35.rope.dimension_sections", gguf.ARRAY,
            (gguf.I32, rope_sections(c.rotated // 2)))
    out.add("qwen35.attention.layer_norm_rms_epsilon", gguf.F32, c.eps)
    out.add("qwen35.rope.freq_base", gguf.F32, c.rope_base)


def main():
    parser = argparse.ArgumentParser(description="export a DeltaNet checkpoint as GGUF, Q8_0")
    parser.add_argument("checkpoint")
    parser.add_argument("tokenizer")
    parser.add_argument("output")
    args = parser.parse_args()
    state = torch.load(args.checkpoint, map_location="cpu")
    config = Config(**state["settings"])
    out = gguf.Writer()
    add_general(out)
    add_shape(out, config)
    add_tokenizer(out, Tokenizer.load(args.tokenizer))
    for name, source in tensor_names(config):
        weights = stored(name, state["weights"][source].float()).numpy()
        out.add_tensor(name, weights, is_quantised(name, weights))
    size = out.write(args.output)
    print("%s: %d bytes, %d tensors, step %d" % (args.output, size, len(out.tensors),
                                                 state["step"]))


if __name__ == "__main__":
    main()
