"""Writes a GGUF file of a tiny random Llama model with a byte-level vocabulary.

Python's standard library only.  Everything follows from the seed.
"""
import random
import struct

UINT32, FLOAT32, BOOL, STRING, ARRAY = 4, 6, 7, 8, 9  # GGUF value types
INT32 = 5
NORMAL, CONTROL = 1, 3  # token types
F32, Q8_0 = 0, 8  # tensor types

EMBEDDING, HEADS, KV_HEADS, FEED_FORWARD, LAYERS = 32, 4, 2, 64, 2
CONTEXT = 100000
MERGES = ['h e', 't he', 'Ġ t', 'Ġ a', 'i n']
SPECIAL = ['<|bos|>', '<|eos|>']


def byte_letters():
    """The letter that stands for each byte in a byte-level vocabulary."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in printable]
    return {b: chr(b) for b in printable} | {
        b: chr(256 + i) for i, b in enumerate(others)}


def vocabulary():
    letters = [byte_letters()[b] for b in range(256)]
    return letters + [m.replace(' ', '') for m in MERGES] + SPECIAL


def string(text):
    data = text.encode()
    return struct.pack('<Q', len(data)) + data


def value(kind, content):
    if kind == STRING:
        return string(content)
    if kind == ARRAY:
        element, items = content
        return (struct.pack('<IQ', element, len(items)) +
                b''.join(value(element, item) for item in items))
    return struct.pack({UINT32: '<I', INT32: '<i', FLOAT32: '<f', BOOL: '<?'}
                       [kind], content)


def metadata():
    tokens = vocabulary()
    types = [NORMAL] * (len(tokens) - len(SPECIAL)) + [CONTROL] * len(SPECIAL)
    return [
        ('general.architecture', STRING, 'llama'),
        ('general.name', STRING, 'tiny random model'),
        ('llama.context_length', UINT32, CONTEXT),
        ('llama.embedding_length', UINT32, EMBEDDING),
        ('llama.block_count', UINT32, LAYERS),
        ('llama.feed_forward_length', UINT32, FEED_FORWARD),
        ('llama.attention.head_count', UINT32, HEADS),
        ('llama.attention.head_count_kv', UINT32, KV_HEADS),
        ('llama.attention.layer_norm_rms_epsilon', FLOAT32, 1e-5),
        ('llama.rope.freq_base', FLOAT32, 10000.0),
        ('tokenizer.ggml.model', STRING, 'gpt2'),
        ('tokenizer.ggml.pre', STRING, 'gpt-2'),
        ('tokenizer.ggml.tokens', ARRAY, (STRING, tokens)),
        ('tokenizer.ggml.token_type', ARRAY, (INT32, types)),
        ('tokenizer.ggml.merges', ARRAY, (STRING, MERGES)),
        ('tokenizer.ggml.bos_token_id', UINT32, tokens.index('<|bos|>')),
        ('tokenizer.ggml.eos_token_id', UINT32, tokens.index('<|eos|>')),
        ('tokenizer.ggml.add_bos_token', BOOL, True),
    ]


def shapes():
    """(name, [row length, rows]), as GGUF lists dimensions."""
    kv = EMBEDDING // HEADS * KV_HEADS
    yield 'token_embd.weight', [EMBEDDING, len(vocabulary())]
    yield 'output_norm.weight', [EMBEDDING]
    for i in range(LAYERS):
        block = f'blk.{i}.'
        yield block + 'attn_norm.weight', [EMBEDDING]
        yield block + 'attn_q.weight', [EMBEDDING, EMBEDDING]
        yield block + 'attn_k.weight', [EMBEDDING, kv]
        yield block + 'attn_v.weight', [EMBEDDING, kv]
        yield block + 'attn_output.weight', [EMBEDDING, EMBEDDING]
        yield block + 'ffn_norm.weight', [EMBEDDING]
        yield block + 'ffn_gate.weight', [EMBEDDING, FEED_FORWARD]
        yield block + 'ffn_up.weight', [EMBEDDING, FEED_FORWARD]
        yield block + 'ffn_down.weight', [FEED_FORWARD, EMBEDDING]


def tensor(rng, dims):
    """-> (type, bytes)"""
    if len(dims) == 1:
        return F32, struct.pack(f'<{dims[0]}f', *[1.0] * dims[0])
    blocks = [struct.pack('<e32b', 0.004,
                          *(rng.randint(-127, 127) for _ in range(32)))
              for _ in range(dims[0] * dims[1] // 32)]
    return Q8_0, b''.join(blocks)


def write(path, seed=1, changed=()):
    """changed: (key, type, value) that replace or follow the usual ones"""
    rng = random.Random(seed)
    pairs = {key: (kind, content) for key, kind, content in metadata()}
    pairs.update({key: (kind, content) for key, kind, content in changed})
    infos, data = [], b''
    for name, dims in shapes():
        kind, content = tensor(rng, dims)
        infos.append(string(name) + struct.pack(
            f'<I{len(dims)}QIQ', len(dims), *dims, kind, len(data)))
        data += content + bytes(-len(content) % 32)
    head = struct.pack('<4sIQQ', b'GGUF', 3, len(infos), len(pairs))
    for key, (kind, content) in pairs.items():
        head += string(key) + struct.pack('<I', kind) + value(kind, content)
    head += b''.join(infos)
    with open(path, 'wb') as file:
        file.write(head + bytes(-len(head) % 32) + data)
