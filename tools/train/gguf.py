"""Writes GGUF version 3 files: metadata, F32 and Q8_0 tensors. Needs numpy only."""
import struct

import numpy as np

U32, I32, F32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
TYPE_F32, TYPE_Q8_0 = 0, 8
ALIGNMENT, BLOCK = 32, 32


def pack_string(text):
    data = text.encode("utf-8")
    return struct.pack("<Q", len(data)) + data


def pack_value(kind, value):
    """A metadata value of the given type, without the type itself; an array is (kind, items)."""
    if kind == STRING:
        return pack_string(value)
    if kind == ARRAY:
        item_kind, items = value
        head = struct.pack("<IQ", item_kind, len(items))
        return head + b"".join(pack_value(item_kind, item) for item in items)
    return struct.pack({U32: "<I", I32: "<i", F32: "<f", BOOL: "<?"}[kind], value)


def quantise_q8_0(matrix):
    """f32 [rows, columns], columns a multiple of 32 -> bytes of Q8_0 blocks: f16 scale, 32 x i8.

    The integers come from the unrounded scale and round half away from zero, as ggml does.
    """
    blocks = np.asarray(matrix, dtype=np.float32).reshape(-1, BLOCK)
    scale = np.abs(blocks).max(1, keepdims=True) / np.float32(127)
    inverse = np.divide(np.float32(1), scale, out=np.zeros_like(scale), where=scale != 0)
    scaled = blocks * inverse
    whole = np.trunc(scaled + np.copysign(np.float32(0.5), scaled)).astype(np.int8)
    return np.concatenate([scale.astype("<f2").view(np.uint8), whole.view(np.uint8)], 1).tobytes()


def dequantise_q8_0(data, shape):
    """The inverse: bytes -> f32 array of the shape"""
    blocks = np.frombuffer(data, dtype=np.uint8).reshape(-1, BLOCK + 2)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    return (blocks[:, 2:].copy().view(np.int8) * scale).reshape(shape)


class Writer:
    """Collects metadata and tensors, then writes the file in one go."""

    def __init__(self):
        self.metadata, self.tensors = [], []

    def add(self, key, kind, value):
        self.metadata.append(pack_string(key) + struct.pack("<I", kind) + pack_value(kind, value))

    def add_tensor(self, name, array, quantise):
        """array: f32, [rows, columns] or [columns]; GGUF lists the extents columns first."""
        array = np.ascontiguousarray(array, dtype=np.float32)
        data = quantise_q8_0(array) if quantise else array.astype("<f4").tobytes()
        kind = TYPE_Q8_0 if quantise else TYPE_F32
        self.tensors.append((name, array.shape[::-1], kind, data))

    def write(self, path):
        """-> the number of bytes written"""
        head = [b"GGUF", struct.pack("<IQQ", 3, len(self.tensors), len(self.metadata))]
        head += self.metadata
        offset, body = 0, []
        for name, extents, kind, data in self.tensors:
            head.append(pack_string(name) + struct.pack("<I", len(extents)))
            head.append(struct.pack("<%dQ" % len(extents), *extents))
            head.append(struct.pack("<IQ", kind, offset))
            body.append(data + bytes(-len(data) % ALIGNMENT))
            offset += len(body[-1])
        head = b"".join(head)
        blob = head + bytes(-len(head) % ALIGNMENT) + b"".join(body)
        with open(path, "wb") as file:
            file.write(blob)
        return len(blob)
