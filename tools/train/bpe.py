"""Byte-level BPE: training on the corpus, encoding and decoding.

    bpe.py CORPUS.txt TOKENIZER.json [--vocab 2048]

Ids: 256 bytes (in the order of the byte alphabet), then one per merge, then the special tokens.
The text is cut into pieces by the qwen2 rule first; merges are counted inside the pieces, so that
none can cross them. The corpus is ASCII, so the ASCII classes of `re` are enough here.
"""
import argparse
import json
import re
from collections import Counter, defaultdict

SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
PIECES = re.compile(r"'(?:[sS]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD])"
                    r"|[^\r\nA-Za-z0-9]?[A-Za-z]+|[0-9]| ?[^\sA-Za-z0-9]+[\r\n]*"
                    r"|\s*[\r\n]+|\s+(?!\S)|\s+")
SPECIAL_SPLIT = re.compile("(" + "|".join(re.escape(s) for s in SPECIALS) + ")")


def byte_alphabet():
    """GPT-2's printable character for each byte: list of 256 characters."""
    keep = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table, extra = [], 0
    for byte in range(256):
        if byte in keep:
            table.append(chr(byte))
        else:
            table.append(chr(0x100 + extra))
            extra += 1
    return table


ALPHABET = byte_alphabet()


def count_pieces(lines):
    counts = Counter()
    for line in lines:
        for part in SPECIAL_SPLIT.split(line):
            if part not in SPECIALS:
                counts.update(PIECES.findall(part))
    return counts


def train(counts, n_merges):
    """Piece counts -> list of (left, right) strings over the byte alphabet, best first."""
    pieces = [["".join(ALPHABET[b]) for b in piece.encode()] for piece in counts]
    weights = list(counts.values())
    pairs, where = Counter(), defaultdict(set)
    for i, piece in enumerate(pieces):
        for pair in zip(piece, piece[1:]):
            pairs[pair] += weights[i]
            where[pair].add(i)
    merges = []
    while len(merges) < n_merges and pairs:
        best = max(pairs, key=lambda p: (pairs[p], p))
        if pairs[best] < 2:
            break
        merges.append(best)
        for i in where.pop(best):
            old = pieces[i]
            new = apply_merge(old, best)
            for pair in zip(old, old[1:]):
                pairs[pair] -= weights[i]
            for pair in zip(new, new[1:]):
                pairs[pair] += weights[i]
                where[pair].add(i)
            pieces[i] = new
        del pairs[best]
    return merges


def apply_merge(symbols, pair):
    out, i = [], 0
    while i < len(symbols):
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == pair:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


class Tokenizer:
    def __init__(self, merges):
        self.merges = [tuple(m) for m in merges]
        self.ranks = {m: i for i, m in enumerate(self.merges)}
        self.tokens = ALPHABET + [a + b for a, b in self.merges] + SPECIALS
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        self.end_of_text, self.im_start, self.im_end = (self.ids[s] for s in SPECIALS)
        self.cache = {}
        self.byte_of = {c: b for b, c in enumerate(ALPHABET)}

    @staticmethod
    def load(path):
        with open(path, encoding="utf-8") as file:
            return Tokenizer(json.load(file)["merges"])

    def save(self, path):
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"merges": self.merges}, file)

    def encode_piece(self, piece):
        """One pre-tokenised piece -> ids, merging the pair of the lowest rank first."""
        if piece not in self.cache:
            symbols = [ALPHABET[b] for b in piece.encode()]
            while len(symbols) > 1:
                pair = min(zip(symbols, symbols[1:]), key=lambda p: self.ranks.get(p, 1 << 30))
                if pair not in self.ranks:
                    break
                symbols = apply_merge(symbols, pair)
            self.cache[piece] = [self.ids[s] for s in symbols]
        return self.cache[piece]

    def encode(self, text):
        """Text with special tokens written out -> list of ids"""
        out = []
        for part in SPECIAL_SPLIT.split(text):
            if part in SPECIALS:
                out.append(self.ids[part])
            else:
                for piece in PIECES.findall(part):
                    out.extend(self.encode_piece(piece))
        return out

    def decode(self, ids):
        data = b""
        for i in ids:
            token = self.tokens[i]
            data += token.encode() if token in SPECIALS else bytes(self.byte_of[c] for c in token)
        return data.decode("utf-8", "replace")


def main():
    parser = argparse.ArgumentParser(description="train a byte-level BPE")
    parser.add_argument("corpus")
    parser.add_argument("output")
    parser.add_argument("--vocab", type=int, default=2048)
    args = parser.parse_args()
    with open(args.corpus, encoding="ascii") as file:
        counts = count_pieces(file)
    tokenizer = Tokenizer(train(counts, args.vocab - 256 - len(SPECIALS)))
    tokenizer.save(args.output)
    print(len(counts), "different pieces,", len(tokenizer.tokens), "tokens; the last merges:",
          tokenizer.tokens[-13:-3])


if __name__ == "__main__":
    main()
