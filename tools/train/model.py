"""The Llama architecture in PyTorch, written to be read.

B rows, T positions, C = dim, H heads of D numbers, K key/value heads, F = ff, V = vocabulary.
RoPE turns adjacent pairs (2i, 2i+1), as GGUF's `llama` does, so that the export permutes nothing.
"""
import math
from dataclasses import asdict, dataclass

import torch
from torch import nn
from torch.nn import functional as F


@dataclass
class Config:
    vocab: int = 2048
    dim: int = 192
    layers: int = 6
    heads: int = 6
    kv_heads: int = 3
    head_dim: int = 32
    ff: int = 320
    context: int = 512
    eps: float = 1e-5
    rope_base: float = 10000.0


class RMSNorm(nn.Module):
    def __init__(self, dim, eps):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(dim)), eps

    def forward(self, x):
        """[..., C] -> [..., C]"""
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight


def rope_tables(config, device=None):
    """-> cos, sin: [T, D/2]"""
    half = torch.arange(0, config.head_dim, 2, dtype=torch.float64, device=device)
    speeds = config.rope_base ** (-half / config.head_dim)
    angles = torch.arange(config.context, dtype=torch.float64, device=device)[:, None] * speeds
    return angles.cos().float(), angles.sin().float()


def rotate(x, cos, sin):
    """RoPE: x [B, heads, T, D], cos and sin [T, D/2] -> [B, heads, T, D]"""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


class Attention(nn.Module):
    """Causal attention with H query heads that share K key/value heads."""

    def __init__(self, c):
        super().__init__()
        self.c = c
        self.q = nn.Linear(c.dim, c.heads * c.head_dim, bias=False)
        self.k = nn.Linear(c.dim, c.kv_heads * c.head_dim, bias=False)
        self.v = nn.Linear(c.dim, c.kv_heads * c.head_dim, bias=False)
        self.out = nn.Linear(c.heads * c.head_dim, c.dim, bias=False)

    def forward(self, x, cos, sin, mask, past=None):
        """x [B, T, C]; mask [T, all positions], 0 or -inf -> [B, T, C]

        past: None, or a dict that keeps the keys and values of the positions before x.
        """
        c, (b, t, _) = self.c, x.shape
        group = c.heads // c.kv_heads
        q = self.q(x).view(b, t, c.heads, c.head_dim).transpose(1, 2)
        k = self.k(x).view(b, t, c.kv_heads, c.head_dim).transpose(1, 2)
        v = self.v(x).view(b, t, c.kv_heads, c.head_dim).transpose(1, 2)
        q, k = rotate(q, cos, sin) / math.sqrt(c.head_dim), rotate(k, cos, sin)
        if past is not None:
            k = past["k"] = torch.cat((past["k"], k), 2) if past else k
            v = past["v"] = torch.cat((past["v"], v), 2) if "v" in past else v
        # Query head h reads key head h // group.
        k, v = (z.repeat_interleave(group, 1) if group > 1 else z for z in (k, v))
        q, k, v = (z.reshape(b * c.heads, -1, c.head_dim) for z in (q, k, v))
        weights = torch.baddbmm(mask, q, k.transpose(1, 2)).softmax(-1)
        y = (weights @ v).view(b, c.heads, t, c.head_dim).transpose(1, 2).reshape(b, t, -1)
        return self.out(y)


class FeedForward(nn.Module):
    """SwiGLU."""

    def __init__(self, c):
        super().__init__()
        self.gate = nn.Linear(c.dim, c.ff, bias=False)
        self.up = nn.Linear(c.dim, c.ff, bias=False)
        self.down = nn.Linear(c.ff, c.dim, bias=False)

    def forward(self, x):
        return self.down(F.silu(self.gate(x)) * self.up(x))


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.attn_norm, self.attn = RMSNorm(c.dim, c.eps), Attention(c)
        self.ffn_norm, self.ffn = RMSNorm(c.dim, c.eps), FeedForward(c)

    def forward(self, x, cos, sin, mask, past=None):
        x = x + self.attn(self.attn_norm(x), cos, sin, mask, past)
        return x + self.ffn(self.ffn_norm(x))


class Model(nn.Module):
    """Token ids -> logits; the embedding serves as the output matrix too."""

    name = "llama"

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(config.vocab, config.dim)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = RMSNorm(config.dim, config.eps)
        cos, sin = rope_tables(config)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        mask = torch.full((config.context, config.context), float("-inf")).triu(1)
        self.register_buffer("mask", mask, persistent=False)
        self.apply(self._init)

    def _init(self, module):
        """Normal weights; smaller ones where a block writes to the residual stream."""
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=0.04 if isinstance(module, nn.Embedding)
                            else 1 / math.sqrt(module.in_features))
        scale = 1 / math.sqrt(2 * self.config.layers)
        for layer in (getattr(module, "out", None), getattr(module, "down", None)):
            if isinstance(layer, nn.Linear):
                layer.weight.data *= scale

    def new_state(self):
        """The empty state of a generation: one dict per block."""
        return [{} for _ in self.blocks]

    def forward(self, ids, state=None):
        """[B, T] -> logits [B, T, V]; with a state, ids continue what the state has seen."""
        first = state[0]["k"].shape[2] if state and state[0] else 0
        end = first + ids.shape[1]
        cos, sin, mask = self.cos[first:end], self.sin[first:end], self.mask[first:end, :end]
        x = self.embed(ids)
        for i, block in enumerate(self.blocks):
            x = block(x, cos, sin, mask, state[i] if state else None)
        return F.linear(self.norm(x), self.embed.weight)


def build(settings=None):
    """Settings dict (as saved in a checkpoint) or None for the defaults -> Model"""
    return Model(Config(**(settings or {})))


def settings_of(model):
    return asdict(model.config)
