"""A DeltaNet hybrid (GGUF's `qwen35`) in PyTorch, written to be read.

Two layers of the gated delta rule, then one of gated softmax attention, and so on. B rows, T
positions, C = dim. Softmax layers: H heads of D numbers, K key/value heads. Linear layers: n_k key
heads and n_v value heads of S numbers; value head p reads key head p mod n_k, as in GGUF files.
"""
import math
from dataclasses import asdict, dataclass

import torch
from torch import nn
from torch.nn import functional as F

from model import FeedForward, RMSNorm


@dataclass
class Config:
    vocab: int = 2048
    dim: int = 192
    layers: int = 6
    interval: int = 3         # every so many layers, one of softmax attention
    heads: int = 6
    kv_heads: int = 3
    head_dim: int = 32
    rotated: int = 32         # how many numbers of each head RoPE turns, from the first
    linear_key_heads: int = 3
    linear_value_heads: int = 6
    linear_head_dim: int = 32
    conv: int = 4
    chunk: int = 64           # positions that the delta rule handles at once
    ff: int = 320
    context: int = 512
    eps: float = 1e-6
    rope_base: float = 10000.0


def is_linear(config, layer):
    return (layer + 1) % config.interval != 0


def rope_tables(config):
    """-> cos, sin: [T, rotated/2]"""
    half = torch.arange(0, config.rotated, 2, dtype=torch.float64)
    speeds = config.rope_base ** (-half / config.rotated)
    angles = torch.arange(config.context, dtype=torch.float64)[:, None] * speeds
    return angles.cos().float(), angles.sin().float()


def rotate(x, cos, sin):
    """RoPE on the first 2n numbers of heads, pairs (i, i + n): x [B, heads, T, D], tables [T, n]"""
    n = cos.shape[-1]
    first, second, rest = x[..., :n], x[..., n:2 * n], x[..., 2 * n:]
    return torch.cat((first * cos - second * sin, first * sin + second * cos, rest), -1)


class Attention(nn.Module):
    """Causal softmax attention whose output is gated; q and k are normalised per head."""

    def __init__(self, c):
        super().__init__()
        self.c = c
        self.q = nn.Linear(c.dim, 2 * c.heads * c.head_dim, bias=False)  # per head: query, gate
        self.k = nn.Linear(c.dim, c.kv_heads * c.head_dim, bias=False)
        self.v = nn.Linear(c.dim, c.kv_heads * c.head_dim, bias=False)
        self.q_norm, self.k_norm = RMSNorm(c.head_dim, c.eps), RMSNorm(c.head_dim, c.eps)
        self.out = nn.Linear(c.heads * c.head_dim, c.dim, bias=False)

    def forward(self, x, rope, mask, past=None):
        """x [B, T, C]; rope: cos and sin of its positions; mask [T, all positions], 0 or -inf

        past: None, or a dict that keeps the keys and values of the positions before x.
        """
        c, (b, t, _) = self.c, x.shape
        q, gate = self.q(x).view(b, t, c.heads, 2, c.head_dim).unbind(3)
        k = self.k(x).view(b, t, c.kv_heads, c.head_dim)
        v = self.v(x).view(b, t, c.kv_heads, c.head_dim).transpose(1, 2)
        q = rotate(self.q_norm(q).transpose(1, 2), *rope) / math.sqrt(c.head_dim)
        k = rotate(self.k_norm(k).transpose(1, 2), *rope)
        if past is not None:
            k = past["k"] = torch.cat((past["k"], k), 2) if past else k
            v = past["v"] = torch.cat((past["v"], v), 2) if "v" in past else v
        # Query head h reads key head h // group.
        k, v = (z.repeat_interleave(c.heads // c.kv_heads, 1) for z in (k, v))
        q, k, v = (z.reshape(b * c.heads, -1, c.head_dim) for z in (q, k, v))
        weights = torch.baddbmm(mask, q, k.transpose(1, 2)).softmax(-1)
        y = (weights @ v).view(b, c.heads, t, c.head_dim).transpose(1, 2)
        return self.out((y * gate.sigmoid()).reshape(b, t, -1))


def delta_rule_steps(q, k, v, g, beta, memory):
    """The gated delta rule, position by position: the definition.

    q, k, v [B, n_v, T, S]; log decay g and beta [B, n_v, T]; memory [B, n_v, S key, S value]
    -> outputs [B, n_v, T, S], the memory afterwards
    """
    outputs = []
    for t in range(q.shape[2]):
        memory = memory * g[:, :, t, None, None].exp()
        read = (k[:, :, t, None, :] @ memory).squeeze(2)
        error = beta[:, :, t, None] * (v[:, :, t] - read)
        memory = memory + k[:, :, t, :, None] * error[:, :, None, :]
        outputs.append((q[:, :, t, None, :] @ memory).squeeze(2))
    return torch.stack(outputs, 2) / math.sqrt(q.shape[-1]), memory


def delta_rule_chunks(q, k, v, g, beta, memory, chunk):
    """The same in chunks of C positions: products of matrices instead of T small steps.

    Inside a chunk, the corrections solve a unit lower triangular system; only the memory at the
    borders is carried from chunk to chunk. The tail is padded with g = beta = 0: no effect.
    """
    (b, heads, t, size), pad = q.shape, -q.shape[2] % chunk
    q, k, v = (F.pad(z, (0, 0, 0, pad)).reshape(b * heads, -1, chunk, size) for z in (q, k, v))
    g, beta = (F.pad(z, (0, pad)).reshape(b * heads, -1, chunk) for z in (g, beta))
    total = g.cumsum(-1)                                                    # [B n_v, chunks, C]
    later = torch.ones(chunk, chunk, dtype=torch.bool, device=q.device).triu(1)
    decay = (total[..., :, None] - total[..., None, :]).masked_fill(later, float("-inf")).exp()
    grown, beta = total.exp()[..., None], beta[..., None]
    system = beta * (k @ k.transpose(-1, -2)) * decay       # its diagonal is taken as ones
    sides = torch.cat((v, k * grown), -1) * beta
    solved = torch.linalg.solve_triangular(system, sides, upper=False, unitriangular=True)
    new, old = solved.split(size, -1)
    inside = (q @ k.transpose(-1, -2)) * decay
    from_memory, to_memory = q * grown, (k * decay[..., -1, :, None]).transpose(-1, -2)
    memory, outputs = memory.reshape(b * heads, size, size), []
    parts = (new, old, inside, from_memory, to_memory, grown[..., -1:, :])
    for new, old, inside, from_memory, to_memory, shrunk in zip(*(z.unbind(1) for z in parts)):
        written = torch.baddbmm(new, old, memory, alpha=-1)
        outputs.append(torch.baddbmm(inside @ written, from_memory, memory))
        memory = torch.baddbmm(memory * shrunk, to_memory, written)
    outputs = torch.cat(outputs, 1).view(b, heads, -1, size)[:, :, :t]
    return outputs / math.sqrt(size), memory.view(b, heads, size, size)


class DeltaNet(nn.Module):
    """Linear attention: a memory [S, S] per value head, written and read by the delta rule."""

    def __init__(self, c):
        super().__init__()
        self.c = c
        self.keys = c.linear_key_heads * c.linear_head_dim
        self.values = c.linear_value_heads * c.linear_head_dim
        channels = 2 * self.keys + self.values
        self.qkv = nn.Linear(c.dim, channels, bias=False)
        self.gate = nn.Linear(c.dim, self.values, bias=False)
        self.alpha = nn.Linear(c.dim, c.linear_value_heads, bias=False)
        self.beta = nn.Linear(c.dim, c.linear_value_heads, bias=False)
        self.conv = nn.Parameter(torch.empty(channels, 1, c.conv).uniform_(-0.5, 0.5))
        rates = torch.linspace(0, 1, c.linear_value_heads)  # from slow to fast forgetting
        self.a_log = nn.Parameter(rates * math.log(8))
        self.dt = nn.Parameter((0.002 * 25 ** rates).expm1().log())  # softplus gives 0.002..0.05
        self.norm = RMSNorm(c.linear_head_dim, c.eps)
        self.out = nn.Linear(self.values, c.dim, bias=False)

    def mix(self, x, past):
        """Causal convolution of each channel over time, then SiLU: [B, T, channels] -> the same"""
        before = past["window"] if past else x.new_zeros(x.shape[0], self.c.conv - 1, x.shape[2])
        x, t = torch.cat((before, x), 1), x.shape[1]
        if past is not None:
            past["window"] = x[:, t:]
        return F.silu(sum(x[:, i:i + t] * self.conv[:, 0, i] for i in range(self.c.conv)))

    def forward(self, x, past=None):
        """[B, T, C] -> [B, T, C]; past: None, or a dict that keeps the window and the memory"""
        c, (b, t, _) = self.c, x.shape
        heads, size = c.linear_value_heads, c.linear_head_dim
        memory = past["memory"] if past else x.new_zeros(b, heads, size, size)
        q, k, v = self.mix(self.qkv(x), past).split((self.keys, self.keys, self.values), -1)
        q, k, v = (z.reshape(b, t, -1, size).transpose(1, 2) for z in (q, k, v))
        q, k = (F.normalize(z, dim=-1, eps=c.eps) for z in (q, k))
        q, k = (z.repeat(1, heads // c.linear_key_heads, 1, 1) for z in (q, k))
        g = -self.a_log.exp() * F.softplus(self.alpha(x) + self.dt)
        g, beta = g.transpose(1, 2), self.beta(x).sigmoid().transpose(1, 2)
        if t == 1:
            y, memory = delta_rule_steps(q, k, v, g, beta, memory)
        else:
            y, memory = delta_rule_chunks(q, k, v, g, beta, memory, c.chunk)
        if past is not None:
            past["memory"] = memory
        y = self.norm(y).transpose(1, 2).reshape(b, t, -1)
        return self.out(y * F.silu(self.gate(x)))


class Block(nn.Module):
    def __init__(self, c, linear):
        super().__init__()
        self.attn_norm, self.attn = RMSNorm(c.dim, c.eps), (DeltaNet if linear else Attention)(c)
        self.ffn_norm, self.ffn = RMSNorm(c.dim, c.eps), FeedForward(c)

    def forward(self, x, *attention):
        """x [B, T, C]; attention: what this block's kind of attention takes besides x"""
        x = x + self.attn(self.attn_norm(x), *attention)
        return x + self.ffn(self.ffn_norm(x))


class Model(nn.Module):
    """Token ids -> logits; the embedding serves as the output matrix too."""

    name = "qwen35"

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embed = nn.Embedding(config.vocab, config.dim)
        self.blocks = nn.ModuleList(Block(config, is_linear(config, i))
                                    for i in range(config.layers))
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
        seen = state[self.config.interval - 1] if state else None
        first = seen["k"].shape[2] if seen else 0
        end = first + ids.shape[1]
        softmax = ((self.cos[first:end], self.sin[first:end]), self.mask[first:end, :end])
        x = self.embed(ids)
        for i, block in enumerate(self.blocks):
            others = () if is_linear(self.config, i) else softmax
            x = block(x, *others, state[i] if state else None)
        return F.linear(self.norm(x), self.embed.weight)


def build(settings=None):
    """Settings dict (as saved in a checkpoint) or None for the defaults -> Model"""
    return Model(Config(**(settings or {})))


def settings_of(model):
    return asdict(model.config)
